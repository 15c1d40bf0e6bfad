import { confusionMatrix } from '@featuremine/voc-eval';
import { detections, groundTruth, object } from './support/build';

const [a, b, c] = [0, 30, 60].map((x) => [x, 0, x + 10, 10] as const);
const names = ['cat', 'dog'];
const rowsOf = (counts: Int32Array): number[][] => [0, 3, 6].map((at) => [...counts.subarray(at, at + 3)]);

describe('confusionMatrix', () => {
  it('counts right and wrong classes, missed objects and detections on background', () => {
    const truth = groundTruth([[object(a), object(b, { classId: 1 }), object(c)]], names);
    const found = detections([0, 0.9, a], [0, 0.8, b, 0], [0, 0.7, [0, 50, 10, 60], 1]);
    expect(rowsOf(confusionMatrix({ groundTruth: truth, detections: found, scoreThresholds: [0, 0] }).counts)).toEqual([
      [1, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('leaves out detections below the threshold of their class, and those on difficult objects', () => {
    const truth = groundTruth([[object(a), object(b, { isDifficult: true })]], names);
    const found = detections([0, 0.3, a], [0, 0.8, b]);
    const options = { groundTruth: truth, detections: found, scoreThresholds: [0.5, 0.5] };
    expect(rowsOf(confusionMatrix(options).counts)[0]).toEqual([0, 0, 1]);
    expect(rowsOf(confusionMatrix({ ...options, ignoresDifficult: false }).counts)[0]).toEqual([1, 0, 1]);
  });

  it('pairs the right class first when two detections lie equally well', () => {
    const truth = groundTruth([[object(a)]], names);
    const found = detections([0, 0.9, a, 1], [0, 0.5, a, 0]);
    expect(rowsOf(confusionMatrix({ groundTruth: truth, detections: found, scoreThresholds: [0, 0] }).counts)).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });
});
