import fc from 'fast-check';
import { batchedNms, iouMatrix, nms } from '../src';
import { torchvision } from './fixture';

describe('nms', () => {
  it('gives the tie to the earlier box', () => {
    const boxes = Float32Array.of(0, 0, 10, 10, 1, 0, 11, 10);
    expect([...nms(boxes, [0.5, 0.5], 0.5)]).toEqual([0]);
  });
  it('keeps a box whose IoU is the threshold itself', () => {
    const boxes = Float32Array.of(0, 0, 2, 1, 0, 0, 1, 1);
    expect([...nms(boxes, [0.9, 0.8], 0.5)]).toEqual([0, 1]);
    expect([...nms(boxes, [0.9, 0.8], 0.49)]).toEqual([0]);
  });
  it('returns nothing for nothing', () => {
    expect(nms(new Float32Array(0), [], 0.5).length).toBe(0);
  });
  torchvision.nms.forEach((peer, k) => {
    it(`keeps the boxes that torchvision keeps, case ${k + 1}`, () => {
      expect([...nms(Float32Array.from(peer.boxes), peer.scores, peer.threshold)]).toEqual(peer.kept);
    });
  });
  it('keeps no two boxes that overlap more, and drops none without such a box', () => {
    const box = fc
      .tuple(fc.nat(20), fc.nat(20), fc.nat(9), fc.nat(9))
      .map(([x, y, w, h]) => [x, y, x + w + 1, y + h + 1]);
    fc.assert(
      fc.property(fc.array(fc.tuple(box, fc.nat(5)), { maxLength: 25 }), (items) => {
        const boxes = Float32Array.from(items.flatMap(([b]) => b));
        const kept = new Set(
          nms(
            boxes,
            items.map(([, score]) => score),
            0.3,
          ),
        );
        const overlaps = iouMatrix(boxes, boxes);
        const isOver = (i: number, j: number): boolean => overlaps[i * items.length + j] > 0.3;
        items.forEach((_, i) => {
          const hasRival = [...kept].some((j) => j !== i && isOver(i, j));
          expect(hasRival).toBe(!kept.has(i));
        });
      }),
    );
  });
});

describe('batchedNms', () => {
  it('lets boxes of different classes lie on each other', () => {
    const boxes = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10);
    expect([...batchedNms(boxes, [0.1, 0.3, 0.2], [1, 0, 1], 0.5)]).toEqual([1, 2]);
  });
  torchvision.nms.forEach((peer, k) => {
    if (peer.keptByClass === undefined) return;
    it(`keeps the boxes that torchvision keeps, case ${k + 1}`, () => {
      const kept = batchedNms(Float32Array.from(peer.boxes), peer.scores, peer.classes, peer.threshold);
      expect([...kept]).toEqual(peer.keptByClass);
    });
  });
});
