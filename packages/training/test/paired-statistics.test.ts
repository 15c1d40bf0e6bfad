import {
  confidenceInterval,
  formatDifference,
  formatSpread,
  medianInterval,
  pairedDifference,
  spreadOf,
} from '../src/paired-statistics';

describe('spreadOf', () => {
  it('takes the sample deviation', () => expect(spreadOf([1, 2, 3])).toEqual({ mean: 2, deviation: 1, count: 3 }));
  it('has no deviation for one run', () => expect(spreadOf([0.5]).deviation).toBeNaN());
});

describe('pairedDifference', () => {
  it('is free of what the seeds have in common', () => {
    const { mean, deviation } = pairedDifference([1.1, 2.1, 5.1], [1, 2, 5]);
    expect(mean).toBeCloseTo(0.1, 12);
    expect(deviation).toBeCloseTo(0, 12);
  });
});

describe('confidenceInterval', () => {
  it('is wide for few runs', () => {
    // t of 2 degrees of freedom, 4.303, times 1 / √3.
    const [low, high] = confidenceInterval(spreadOf([1, 2, 3]));
    expect([low, high]).toEqual([expect.closeTo(-0.4843, 3), expect.closeTo(4.4843, 3)]);
    expect(confidenceInterval(spreadOf([1]))).toEqual([NaN, NaN]);
  });
});

describe('medianInterval', () => {
  it('takes the 10th and the 21st of 30 values, and the ends of six', () => {
    // The tables of the binomial distribution: P(X ≤ 9 | 30, 1/2) = 0.0214; P(X ≤ 0 | 6, 1/2) = 0.0156.
    const values = Array.from({ length: 30 }, (_, i) => ((i * 7) % 30) + 1);
    expect(medianInterval(values)).toEqual({ median: 15.5, low: 10, high: 21 });
    expect(medianInterval([6, 1, 5, 2, 4, 3])).toEqual({ median: 3.5, low: 1, high: 6 });
    expect(medianInterval([1, 2, 3])).toEqual({ median: 2, low: NaN, high: NaN });
  });
});

describe('formatSpread', () => {
  it('leaves out the deviation of one run', () => expect(formatSpread(spreadOf([0.5]))).toBe('0.5000'));
  it('shows mean and deviation', () => expect(formatSpread(spreadOf([1, 2, 3]), 1)).toBe('2.0 ± 1.0'));
  it('shows the sign of a difference', () => {
    expect(formatDifference(spreadOf([0.5]))).toBe('+0.5000');
    expect(formatDifference(spreadOf([-0.5]))).toBe('-0.5000');
  });
});
