import { averagePrecision, precisionRecall } from '@featuremine/voc-eval';

const curve = (outcomes: number[], positives: number) => precisionRecall(Int8Array.from(outcomes), positives);

describe('precisionRecall', () => {
  it('has a point for each true positive and counts ignored detections neither way', () => {
    const { recall, precision, place } = curve([-1, 1, 0, -1, 1], 4);
    expect([...recall]).toEqual([0.25, 0.5]);
    expect([...precision]).toEqual([1, 2 / 3]);
    expect([...place]).toEqual([1, 4]);
  });
});

describe('averagePrecision', () => {
  // True, false, true of 2 positives: precision 1 up to recall 1/2, then 2/3.
  it('is the area under the falling curve', () => {
    expect(averagePrecision(curve([1, 0, 1], 2), 'area')).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 12);
  });

  it('is the mean of eleven points: six at 1, five at 2/3', () => {
    expect(averagePrecision(curve([1, 0, 1], 2), 'eleven-points')).toBeCloseTo((6 + 5 * (2 / 3)) / 11, 12);
  });

  it('is the mean of 101 points: 51 at 1, 50 at 2/3', () => {
    expect(averagePrecision(curve([1, 0, 1], 2), 'hundred-one-points')).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 12);
  });

  it('lifts a dip to the highest precision at higher recall', () => {
    // Precision 1/2 at recall 1/3, 2/3 at 2/3, 3/4 at 1: all lifted to 3/4.
    expect(averagePrecision(curve([0, 1, 1, 1], 3), 'area')).toBeCloseTo(0.75, 12);
  });

  it('does not let a recall of exactly 3/10 reach the fourth of eleven points, as in numpy and MATLAB', () => {
    expect(averagePrecision(curve([1, 1, 1], 10), 'eleven-points')).toBeCloseTo(3 / 11, 12);
  });

  it('is 0 without true positives', () => {
    expect(averagePrecision(curve([0, -1], 3), 'area')).toBe(0);
    expect(averagePrecision(curve([], 3), 'eleven-points')).toBe(0);
  });
});
