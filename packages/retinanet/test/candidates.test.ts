import { logit, selectCandidates } from '../src/candidates';

describe('selectCandidates', () => {
  const request = { columns: 3, firstColumn: 1, scoreThreshold: 0.5, limit: 10 };

  it('passes over the background column, however sure it is', () => {
    const logits = Float32Array.of(9, 1, -1, 9, -1, 2);
    expect([...selectCandidates({ ...request, logits })]).toEqual([5, 1]);
  });

  it('leaves out a score that equals the threshold', () => {
    const logits = Float32Array.of(0, 0, 0.001);
    expect([...selectCandidates({ ...request, logits })]).toEqual([2]);
  });

  it('keeps the order of the array among equal scores, also where the limit cuts', () => {
    const logits = Float32Array.of(0, 1, 1, 0, 2, 1, 0, 1, 1);
    expect([...selectCandidates({ ...request, logits, limit: 3 })]).toEqual([4, 1, 2]);
  });

  it('finds the same as a full sort among many', () => {
    const logits = Float32Array.from({ length: 9000 }, (_, i) => Math.sin(i * 12.9898) * 4);
    const expected = [...logits.keys()]
      .filter((i) => i % 3 !== 0 && logits[i] > 0)
      .sort((a, b) => logits[b] - logits[a] || a - b)
      .slice(0, 1000);
    expect([...selectCandidates({ ...request, logits, limit: 1000 })]).toEqual(expected);
  });
});

describe('logit', () => {
  it('is the inverse of the sigmoid', () => expect(1 / (1 + Math.exp(-logit(0.05)))).toBeCloseTo(0.05, 12));
  it('lets everything pass at 0 and nothing at 1', () => expect([logit(0), logit(1)]).toEqual([-Infinity, Infinity]));
});
