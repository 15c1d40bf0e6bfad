import { compareDetections } from '../src/export/compare-detections';
import type { Detections } from '../src/detections';

type Row = readonly [classId: number, score: number, x1: number, y1: number, x2: number, y2: number];

function detections(...rows: Row[]): Detections {
  return {
    classIds: Int32Array.from(rows, ([classId]) => classId),
    scores: Float32Array.from(rows, ([, score]) => score),
    boxes: Float32Array.from(rows.flatMap(([, , ...box]) => box)),
  };
}

const limits = { threshold: 0.05, tolerance: 0.001 };

describe('compareDetections', () => {
  it('gives the largest differences of pairs, whatever their order', () => {
    const expected = detections([0, 0.75, 0, 0, 10, 10], [0, 0.5, 20, 0, 30, 10]);
    const found = detections([0, 0.5, 20, 0, 30, 10.5], [0, 0.625, 0, 0, 10, 10]);
    expect(compareDetections(expected, found, limits)).toEqual({ paired: 2, unpaired: 0, score: 0.125, boxPx: 0.5 });
  });

  it('counts what one of both has alone, of another class or elsewhere', () => {
    const expected = detections([0, 0.75, 0, 0, 10, 10], [1, 0.5, 0, 0, 10, 10]);
    const found = detections([2, 0.75, 0, 0, 10, 10], [1, 0.5, 7, 0, 17, 10]);
    expect(compareDetections(expected, found, limits)).toMatchObject({ paired: 0, unpaired: 4 });
  });

  it('forgives what the threshold may have cut off', () => {
    const found = detections([0, 0.0505, 0, 0, 10, 10]);
    expect(compareDetections(detections(), found, limits)).toMatchObject({ paired: 0, unpaired: 0 });
  });

  it('pairs boxes without an area', () => {
    const edge = detections([0, 0.5, 64, 0, 64, 10]);
    expect(compareDetections(edge, edge, limits)).toEqual({ paired: 1, unpaired: 0, score: 0, boxPx: 0 });
  });
});
