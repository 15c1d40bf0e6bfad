import { triangleTaps } from '../src/triangle-taps';

describe('triangleTaps', () => {
  it('takes the quarter and three quarters of neighbours when doubling, and the border alone at its ends', () => {
    const taps = triangleTaps({ start: 0, length: 2, inputLength: 2, outputLength: 4 });
    expect([...taps.first]).toEqual([0, 0, 0, 1]);
    expect([taps.pairs, taps.low, taps.high]).toEqual([1, 0, 2]);
    expect([...taps.weights]).toEqual([16384, 0, 12288, 4096, 4096, 12288, 16384, 0]);
  });

  it('makes every sum of weights exactly 1', () => {
    const { weights, pairs } = triangleTaps({ start: 0.3, length: 96.1, inputLength: 97, outputLength: 31 });
    for (let i = 0; i < 31; i++) {
      const own = weights.subarray(2 * pairs * i, 2 * pairs * (i + 1));
      expect(own.reduce((sum, weight) => sum + weight, 0)).toBe(16384);
    }
  });

  it('puts the last output first when mirrored', () => {
    const options = { start: 1, length: 7, inputLength: 9, outputLength: 5 };
    const [plain, mirrored] = [triangleTaps(options), triangleTaps({ ...options, isMirrored: true })];
    expect([...mirrored.first]).toEqual([...plain.first].reverse());
  });
});
