import { decodeBoxes, retinanetAnchors } from '@featuremine/boxes';
import { anchorCount, anchorTargets } from '../src/detection-targets';

const padded = { width: 128, height: 96 };
// Two objects far apart; the second is difficult.
const target = {
  boxes: Float32Array.of(4, 6, 40, 38, 70, 40, 120, 90),
  labels: Int32Array.of(2, 5),
  isDifficult: Uint8Array.of(0, 1),
};

function labelSet(labels: Int32Array): number[] {
  return [...new Set(labels)].sort((a, b) => a - b);
}

describe('anchorTargets', () => {
  it('labels the anchors of each object by its class, and encodes its box', () => {
    const { labels, deltas } = anchorTargets(target, padded, {});
    expect(labels.length).toBe(anchorCount(padded));
    expect(labelSet(labels)).toEqual([-2, -1, 2, 5]);
    const decoded = decodeBoxes(deltas, retinanetAnchors(padded.width, padded.height));
    labels.forEach((label, i) => {
      if (label >= 0) {
        const box = label === 2 ? [4, 6, 40, 38] : [70, 40, 120, 90];
        box.forEach((side, c) => expect(Math.abs(decoded[4 * i + c] - side)).toBeLessThan(1e-3));
      } else expect([...deltas.subarray(4 * i, 4 * i + 4)]).toEqual([0, 0, 0, 0]);
    });
  });

  it('ignores the anchors of difficult objects, or takes them for background, if asked', () => {
    const trained = anchorTargets(target, padded, { difficult: 'train' }).labels;
    const ignored = anchorTargets(target, padded, { difficult: 'ignore' }).labels;
    const background = anchorTargets(target, padded, { difficult: 'background' }).labels;
    expect(labelSet(ignored)).toEqual([-2, -1, 2]);
    expect(labelSet(background)).toEqual([-2, -1, 2]);
    trained.forEach((label, i) => {
      expect(ignored[i]).toBe(label === 5 ? -2 : label);
      if (label === 5) expect(background[i]).toBe(-1);
    });
  });

  it('matches anchors of other sizes and ratios', () => {
    const anchors = { sizes: [8, 16, 32, 64, 128], ratios: [1] };
    const small = { ...target, boxes: Float32Array.of(12, 12, 20, 20, 70, 40, 120, 90) };
    const { labels } = anchorTargets(small, padded, { anchors, allowLowQuality: false });
    expect(labels.length).toBe(3 * (16 * 12 + 8 * 6 + 4 * 3 + 2 * 2 + 1));
    expect(labelSet(labels)).toContain(2);
    expect(labelSet(anchorTargets(small, padded, { allowLowQuality: false }).labels)).not.toContain(2);
  });

  it('makes all anchors of an image without objects background', () => {
    const nothing = { boxes: new Float32Array(0), labels: new Int32Array(0), isDifficult: new Uint8Array(0) };
    const { labels, deltas } = anchorTargets(nothing, padded, {});
    expect(labelSet(labels)).toEqual([-1]);
    expect(deltas.every((value) => value === 0)).toBe(true);
  });
});
