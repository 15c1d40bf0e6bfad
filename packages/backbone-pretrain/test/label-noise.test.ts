import { noisyLabels } from '../src/methods/label-noise';

describe('noisyLabels', () => {
  const labels = new Int32Array(20_000).fill(3);
  const options = { share: 0.4, numClasses: 5, seed: 1 } as const;
  const countsOf = (noisy: Int32Array): number[] =>
    [0, 1, 2, 3, 4].map((k) => noisy.filter((label) => label === k).length);

  it('gives every other class its equal part of a symmetric noise', () => {
    // 8,000 of 20,000 in four parts; the deviation of a count of 2,000 is 42.
    const [a, b, c, kept, d] = countsOf(noisyLabels(labels, { ...options, kind: 'symmetric' }));
    expect(Math.abs(kept - 12_000)).toBeLessThan(300);
    for (const count of [a, b, c, d]) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('gives the next class all of a pair noise, and class 0 after the last', () => {
    const [, , , kept, next] = countsOf(noisyLabels(labels, { ...options, kind: 'pair' }));
    expect(kept + next).toBe(20_000);
    expect(Math.abs(next - 8000)).toBeLessThan(300);
    expect([...noisyLabels([4, 4], { ...options, kind: 'pair', share: 1 })]).toEqual([0, 0]);
  });

  it('falsifies the same labels for the same seed, and others for another', () => {
    const draw = (seed: number): string => noisyLabels(labels, { ...options, kind: 'symmetric', seed }).join();
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
  });
});
