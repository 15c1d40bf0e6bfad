import fc from 'fast-check';
import { largestDifference } from '../../../test/support/distance';
import { MAX_LOG_SCALE, decodeBoxes, encodeBoxes, encodeMatches } from '../src';
import { torchvision } from './fixture';

describe('encodeBoxes', () => {
  it('measures the offset in anchor sizes and the size in logarithms', () => {
    const deltas = encodeBoxes(Float32Array.of(5, 0, 25, 10), Float32Array.of(0, 0, 10, 10));
    expect([...deltas]).toEqual([1, 0, Math.fround(Math.log(2)), 0]);
  });
  it('is that of torchvision', () => {
    const { boxes, anchors, deltas } = torchvision.codec;
    const ours = encodeBoxes(Float32Array.from(boxes), Float32Array.from(anchors));
    expect(largestDifference(ours, deltas)).toBeLessThan(1e-6); // one rounding of the logarithm
  });
});

describe('encodeMatches', () => {
  it('gives zeros to anchors without a box', () => {
    const anchors = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10);
    const gtBoxes = Float32Array.of(0, 0, 1, 1, 5, 0, 15, 10);
    const deltas = encodeMatches({ anchors, gtBoxes, matches: Int32Array.of(-1, 1, -2) });
    expect([...deltas]).toEqual([0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('decodeBoxes', () => {
  it('is that of torchvision, clamp of dw included', () => {
    const { otherDeltas, anchors, decoded } = torchvision.codec;
    const ours = decodeBoxes(Float32Array.from(otherDeltas), Float32Array.from(anchors));
    const largest = Math.max(...decoded.map(Math.abs));
    expect(largestDifference(ours, decoded) / largest).toBeLessThan(1e-6);
  });
  it('makes no box wider than 62.5 anchors', () => {
    const box = decodeBoxes(Float32Array.of(0, 0, 99, MAX_LOG_SCALE), Float32Array.of(0, 0, 16, 16));
    expect(box[2] - box[0]).toBeCloseTo(1000, 2);
    expect(box[3] - box[1]).toBeCloseTo(1000, 2);
  });
  it('undoes encodeBoxes', () => {
    const boxes = fc
      .tuple(fc.nat(500), fc.nat(500), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }))
      .map(([x, y, w, h]) => Float32Array.of(x, y, x + w, y + h));
    fc.assert(
      fc.property(boxes, boxes, (box, anchor) => {
        // ln(62.5) bounds the scale; beyond it the box cannot be restored.
        fc.pre((box[2] - box[0]) / (anchor[2] - anchor[0]) < 62 && (box[3] - box[1]) / (anchor[3] - anchor[1]) < 62);
        const restored = decodeBoxes(encodeBoxes(box, anchor), anchor);
        expect(largestDifference(restored, box)).toBeLessThan(2e-3); // float32 at coordinates up to 1,000
      }),
    );
  });
  it('refuses arrays of different lengths', () => {
    expect(() => decodeBoxes(new Float32Array(4), new Float32Array(8))).toThrow('1 for 2 anchors');
  });
});
