import { keepScoresFrom, scaleDetections } from '../src/detections';

const detections = {
  classIds: Int32Array.of(0, 1),
  scores: Float32Array.of(0.75, 0.5),
  boxes: Float32Array.of(10, 20, 30, 40, 0, 0, 100, 50),
};

describe('scaleDetections', () => {
  it('scales each axis by its own ratio', () => {
    const sizes = { from: { width: 100, height: 50 }, to: { width: 200, height: 75 } };
    expect([...scaleDetections(detections, sizes).boxes]).toEqual([20, 30, 60, 60, 0, 0, 200, 75]);
  });
});

describe('keepScoresFrom', () => {
  it('keeps a score that equals the threshold', () => {
    expect(keepScoresFrom(detections, 0.5).scores).toHaveLength(2);
    expect([...keepScoresFrom(detections, 0.51).classIds]).toEqual([0]);
  });
});
