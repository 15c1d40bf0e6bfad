import { boxCount } from './box';
import type { BoxArray } from './box';

/** Largest dw and dh that decoding takes: ln(1000 / 16), a box 62.5 times as wide as its anchor. */
export const MAX_LOG_SCALE = Math.log(1000 / 16);

/**
 * Deltas (dx, dy, dw, dh) that turn each anchor into the box at the same place: centre offsets over the anchor's size,
 * and logarithms of the size ratios. [R, 4] and [R, 4] give [R, 4], in float32 arithmetic.
 *
 * Source: torchvision `models/detection/_utils.py`, BoxCoder with weights 1.
 */
export function encodeBoxes(boxes: BoxArray, anchors: BoxArray): Float32Array {
  const count = checkPairs(boxes, anchors);
  const deltas = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) encodeOne(boxes, 4 * i, anchors, 4 * i, deltas);
  return deltas; // [R, 4]
}

/**
 * Deltas of matched anchors, and zeros for the others.
 *
 * @param options.matches index of a ground-truth box for each anchor, negative for none [R]
 * @returns [R, 4]
 */
export function encodeMatches(options: {
  readonly anchors: BoxArray;
  readonly gtBoxes: BoxArray;
  readonly matches: Int32Array;
}): Float32Array {
  const { anchors, gtBoxes, matches } = options;
  const count = boxCount(anchors);
  if (matches.length !== count) throw new RangeError(`matches: ${matches.length} for ${count} anchors.`);
  const deltas = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) {
    if (matches[i] >= 0) encodeOne(gtBoxes, 4 * matches[i], anchors, 4 * i, deltas);
  }
  return deltas; // [R, 4]
}

/**
 * The boxes that deltas make of anchors: the inverse of encodeBoxes, with dw and dh at most MAX_LOG_SCALE.
 * [R, 4] and [R, 4] give [R, 4], in float32 arithmetic.
 *
 * Source: torchvision `models/detection/_utils.py`, BoxCoder with weights 1.
 */
export function decodeBoxes(deltas: BoxArray, anchors: BoxArray): Float32Array {
  const count = checkPairs(deltas, anchors);
  const boxes = new Float32Array(4 * count);
  const f = Math.fround;
  for (let k = 0; k < 4 * count; k += 4) {
    const width = f(f(anchors[k + 2]) - f(anchors[k]));
    const height = f(f(anchors[k + 3]) - f(anchors[k + 1]));
    const centreX = f(f(deltas[k] * width) + f(anchors[k] + f(0.5 * width)));
    const centreY = f(f(deltas[k + 1] * height) + f(anchors[k + 1] + f(0.5 * height)));
    const halfWidth = f(0.5 * f(f(Math.exp(f(Math.min(deltas[k + 2], MAX_LOG_SCALE)))) * width));
    const halfHeight = f(0.5 * f(f(Math.exp(f(Math.min(deltas[k + 3], MAX_LOG_SCALE)))) * height));
    boxes[k] = centreX - halfWidth;
    boxes[k + 1] = centreY - halfHeight;
    boxes[k + 2] = centreX + halfWidth;
    boxes[k + 3] = centreY + halfHeight;
  }
  return boxes; // [R, 4]
}

function encodeOne(boxes: BoxArray, b: number, anchors: BoxArray, a: number, deltas: Float32Array): void {
  const f = Math.fround;
  const anchorWidth = f(f(anchors[a + 2]) - f(anchors[a]));
  const anchorHeight = f(f(anchors[a + 3]) - f(anchors[a + 1]));
  const width = f(f(boxes[b + 2]) - f(boxes[b]));
  const height = f(f(boxes[b + 3]) - f(boxes[b + 1]));
  const anchorX = f(anchors[a] + f(0.5 * anchorWidth));
  const anchorY = f(anchors[a + 1] + f(0.5 * anchorHeight));
  deltas[a] = f(f(boxes[b] + f(0.5 * width)) - anchorX) / anchorWidth;
  deltas[a + 1] = f(f(boxes[b + 1] + f(0.5 * height)) - anchorY) / anchorHeight;
  deltas[a + 2] = Math.log(f(width / anchorWidth));
  deltas[a + 3] = Math.log(f(height / anchorHeight));
}

function checkPairs(a: BoxArray, b: BoxArray): number {
  if (a.length !== b.length) throw new RangeError(`boxes: ${a.length / 4} for ${b.length / 4} anchors.`);
  return boxCount(a);
}
