import { Random } from '@featuremine/random';
import { fallingOrder } from '../src/score-order';

describe('fallingOrder', () => {
  it('puts the surest first and keeps the row order of equals', () => {
    expect([...fallingOrder(Float64Array.of(0.1, 0.9, 0.5, 0.9, 0.1))]).toEqual([1, 3, 2, 0, 4]);
  });

  it('gives the radix sort the same order as the comparison sort, with negative numbers, zeros and ties', () => {
    const random = Random.of(1, 'scores');
    const score = Float64Array.from({ length: 20_000 }, (_, i) => {
      if (i % 7 === 0) return -0;
      if (i % 11 === 0) return 0;
      return i % 3 === 0 ? Math.round(random.normal() * 20) : random.normal() * 10 ** random.integer(300);
    });
    const expected = Array.from(score, (_, row) => row).sort((a, b) => score[b] - score[a] || a - b);
    expect([...fallingOrder(score)]).toEqual(expected);
  });
});
