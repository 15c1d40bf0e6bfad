import { classCurves, judge } from '@featuremine/voc-eval';
import { detections, groundTruth, object, type DetectionRow } from './support/build';

const [a, b, c] = [0, 30, 60].map((x) => [x, 0, x + 10, 10] as const);
const truth = groundTruth([[object(a), object(b), object(c)]]);
const curveOf = (...rows: DetectionRow[]) =>
  classCurves(judge({ groundTruth: truth, detections: detections(...rows), protocol: 'voc10' }))[0];

describe('classCurves', () => {
  it('names the score of each point and the threshold of best F1', () => {
    const curve = curveOf([0, 0.9, a], [0, 0.7, [0, 50, 10, 60]], [0, 0.6, b], [0, 0.2, [0, 80, 10, 90]]);
    expect([...curve.score]).toEqual([0.9, 0.6]);
    expect([...curve.falling]).toEqual([1, 2 / 3]);
    // At 0.6: 2 of 3 detections true, 2 of 3 objects found.
    expect(curve.best).toEqual({ score: 0.6, f1: 2 / 3, precision: 2 / 3, recall: 2 / 3 });
  });

  it('takes detections of equal score together, as a threshold must', () => {
    const curve = curveOf([0, 0.5, a], [0, 0.5, [0, 50, 10, 60]], [0, 0.5, [50, 50, 60, 60]]);
    expect(curve.best).toMatchObject({ score: 0.5, precision: 1 / 3 });
  });

  it('has no threshold without a true positive', () => {
    expect(curveOf([0, 0.5, [50, 50, 60, 60]]).best).toBeUndefined();
  });
});
