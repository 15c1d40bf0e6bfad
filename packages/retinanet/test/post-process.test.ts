import { postProcess } from '../src/post-process';
import type { LevelOutput } from '../src/post-process';

// Two classes, so three columns: background, class 0, class 1. A logit of ±4 is a score of 0.982 or 0.018.
function level(rows: readonly { anchor: number[]; logits: number[]; deltas?: number[] }[]): LevelOutput {
  return {
    anchors: Float32Array.from(rows.flatMap(({ anchor }) => anchor)),
    logits: Float32Array.from(rows.flatMap(({ logits }) => logits)),
    deltas: Float32Array.from(rows.flatMap(({ deltas }) => deltas ?? [0, 0, 0, 0])),
  };
}

const imageSize = { width: 100, height: 80 };

describe('postProcess', () => {
  it('gives class ids without the background, boxes clipped to the image, best score first', () => {
    const found = postProcess({
      levels: [
        level([{ anchor: [0, 0, 20, 20], logits: [5, 2, -4] }]),
        level([{ anchor: [80, 60, 120, 100], logits: [-4, -4, 3] }]),
      ],
      numClasses: 2,
      imageSize,
    });
    expect([...found.classIds]).toEqual([1, 0]);
    expect([...found.boxes]).toEqual([80, 60, 100, 80, 0, 0, 20, 20]);
    expect(found.scores[0]).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
  });

  it('suppresses a worse box of the same class only', () => {
    const rows = [
      { anchor: [0, 0, 20, 20], logits: [-4, 3, 2] },
      { anchor: [0, 0, 20, 18], logits: [-4, 2, -4] },
    ];
    const found = postProcess({ levels: [level(rows)], numClasses: 2, imageSize });
    expect([...found.classIds]).toEqual([0, 1]);
  });

  it('takes so many candidates of each level, not of all together', () => {
    const rows = [0, 30, 60].map((x) => ({ anchor: [x, 0, x + 20, 20], logits: [-4, 3, -4] }));
    const settings = { candidatesPerLevel: 2 };
    const found = postProcess({ levels: [level(rows), level(rows.slice(2))], numClasses: 2, imageSize, settings });
    expect([...found.boxes]).toEqual([0, 0, 20, 20, 30, 0, 50, 20, 60, 0, 80, 20]);
  });

  it('keeps the best of an image up to the limit', () => {
    const rows = [0, 30, 60].map((x) => ({ anchor: [x, 0, x + 20, 20], logits: [-4, x / 30, -4] }));
    const found = postProcess({ levels: [level(rows)], numClasses: 2, imageSize, settings: { maxDetections: 1 } });
    expect([...found.boxes]).toEqual([60, 0, 80, 20]);
  });

  it('decodes deltas: one anchor width to the right, twice as high', () => {
    const deltas = [1, 0, 0, Math.log(2)];
    const found = postProcess({
      levels: [level([{ anchor: [10, 20, 30, 40], logits: [-4, 3, -4], deltas }])],
      numClasses: 2,
      imageSize,
    });
    [30, 10, 50, 50].forEach((expected, i) => expect(found.boxes[i]).toBeCloseTo(expected, 4));
  });

  it('takes logits without a background column, as exported networks give them', () => {
    const found = postProcess({
      levels: [level([{ anchor: [0, 0, 20, 20], logits: [3, 2] }])],
      numClasses: 2,
      hasBackground: false,
      imageSize,
    });
    expect([...found.classIds]).toEqual([0, 1]);
  });

  it('finds nothing where no score is above the threshold', () => {
    const found = postProcess({
      levels: [level([{ anchor: [0, 0, 9, 9], logits: [9, -4, -4] }])],
      numClasses: 2,
      imageSize,
    });
    expect(found.scores).toHaveLength(0);
  });
});
