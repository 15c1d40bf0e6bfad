import { formatDifference, formatSpread, pairedDifference, spreadOf } from '../src/chain/paired-statistics';

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

describe('formatSpread', () => {
  it('leaves out the deviation of one run', () => expect(formatSpread(spreadOf([0.5]))).toBe('0.5000'));
  it('shows mean and deviation', () => expect(formatSpread(spreadOf([1, 2, 3]), 1)).toBe('2.0 ± 1.0'));
  it('shows the sign of a difference', () => {
    expect(formatDifference(spreadOf([0.5]))).toBe('+0.5000');
    expect(formatDifference(spreadOf([-0.5]))).toBe('-0.5000');
  });
});
