import type { DetectionBatch } from '@featuremine/vision-data';
import { mirroredDetections, mirroredImages } from '../src/mirror';
import { postProcess } from '../src/post-process';

describe('mirroredImages', () => {
  it('mirrors each image within its own width and leaves the padding', () => {
    // Two images of one row, 4 px wide with padding: three px of its own, and two.
    const pixel = (value: number): number[] => [value, value + 1, value + 2];
    const rows = [
      [10, 20, 30, 0],
      [40, 50, 0, 0],
    ];
    const data = Uint8Array.from(rows.flat().flatMap(pixel));
    const batch = {
      images: { dtype: 'uint8', shape: [2, 1, 4, 3], data },
      imageSizes: { dtype: 'int32', shape: [2, 2], data: Int32Array.of(1, 3, 1, 2) },
    } as unknown as DetectionBatch;
    const wanted = [30, 20, 10, 0, 50, 40, 0, 0].flatMap(pixel);
    expect([...mirroredImages(batch).data]).toEqual(wanted);
    expect(data[0]).toBe(10);
  });
});

describe('mirroredDetections', () => {
  it('puts a box at the left where it was at the right', () => {
    const found = { classIds: Int32Array.of(2), scores: Float32Array.of(0.5), boxes: Float32Array.of(70, 5, 90, 25) };
    expect(mirroredDetections(found, 100)).toEqual({ ...found, boxes: Float32Array.of(10, 5, 30, 25) });
  });
});

describe('postProcess with mirrored levels', () => {
  const level = (anchor: number[], logit: number) => ({
    anchors: Float32Array.from(anchor),
    logits: Float32Array.of(-9, logit),
    deltas: new Float32Array(4),
  });
  const request = { numClasses: 1, imageSize: { width: 100, height: 50 } };

  it('adds what only the mirrored image shows, and keeps the better of two that show the same', () => {
    const found = postProcess({
      ...request,
      levels: [level([10, 10, 30, 30], 1)],
      mirroredLevels: [level([70, 10, 90, 30], 2), level([0, 0, 20, 20], 0)],
    });
    expect([...found.boxes]).toEqual([10, 10, 30, 30, 80, 0, 100, 20]);
    expect(found.scores[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  });
});
