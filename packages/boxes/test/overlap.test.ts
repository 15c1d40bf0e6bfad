import fc from 'fast-check';
import { largestDifference } from '../../../test/support/distance';
import { boxArea, giou, iou, iouMatrix } from '../src';
import { intersectionArea } from '../src/overlap';
import type { Box } from '../src';
import { torchvision } from './fixture';

const anyBox = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 400 })))
  .map(([x, y, w, h]): Box => [x / 4, y / 4, (x + w + 1) / 4, (y + h + 1) / 4]);

describe('iou', () => {
  it('is a third for two squares that share half of each', () => {
    expect(iou([0, 0, 2, 2], [1, 0, 3, 2])).toBeCloseTo(1 / 3, 15);
  });
  it('is 0 for boxes that only touch, and for boxes without an area', () => {
    expect(iou([0, 0, 2, 2], [2, 0, 4, 2])).toBe(0);
    expect(iou([1, 1, 1, 1], [1, 1, 1, 1])).toBe(0);
  });
  it('is symmetric, within 0 and 1, and 1 with the box itself', () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        expect(iou(a, b)).toBe(iou(b, a));
        expect(iou(a, b)).toBeGreaterThanOrEqual(0);
        expect(iou(a, b)).toBeLessThanOrEqual(1);
        expect(iou(a, a)).toBe(1);
      }),
    );
  });
});

describe('intersectionArea', () => {
  it('never exceeds either area', () => {
    fc.assert(fc.property(anyBox, anyBox, (a, b) => intersectionArea(a, b) <= Math.min(boxArea(a), boxArea(b))));
  });
});

describe('giou', () => {
  it('subtracts the empty share of the box around both', () => {
    // IoU 0; the box around is 3 by 1, of which one third is empty.
    expect(giou([0, 0, 1, 1], [2, 0, 3, 1])).toBeCloseTo(-1 / 3, 15);
  });
  it('is at most the IoU and above -1', () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        expect(giou(a, b)).toBeLessThanOrEqual(iou(a, b) + 1e-15);
        expect(giou(a, b)).toBeGreaterThan(-1);
      }),
    );
  });
  it('is that of torchvision', () => {
    const { boxes, anchors, giou: expected } = torchvision.codec;
    const at = (values: readonly number[], i: number): Box => values.slice(4 * i, 4 * i + 4) as unknown as Box;
    const ours = expected.map((_, i) => giou(at(boxes, i), at(anchors, i)));
    expect(largestDifference(ours, expected)).toBeLessThan(1e-6); // the peer computes in float32
  });
});

describe('iouMatrix', () => {
  it('is bit by bit that of torchvision', () => {
    const { boxes, anchors, iou: expected } = torchvision.codec;
    expect([...iouMatrix(Float32Array.from(boxes), Float32Array.from(anchors))]).toEqual([...expected]);
  });
});
