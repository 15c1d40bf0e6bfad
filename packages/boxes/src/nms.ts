import { boxCount } from './box';
import type { BoxArray } from './box';
import { boxAreas } from './overlap';

/**
 * Non-maximum suppression: indices of the boxes that stay, highest score first. A box goes when its IoU with a box that
 * stays is above the threshold; equal scores keep their order. [D, 4] and [D] give [≤ D].
 *
 * Source: torchvision `csrc/ops/cpu/nms_kernel.cpp` (float32 arithmetic, IoU > threshold).
 */
export function nms(boxes: BoxArray, scores: ArrayLike<number>, iouThreshold: number): Int32Array {
  return suppress(boxes, scores, undefined, iouThreshold);
}

/**
 * Non-maximum suppression within each class: a box can only be suppressed by one of its own class.
 * Indices of the boxes that stay, highest score first; equal scores keep their order.
 *
 * Source: torchvision `ops/boxes.py`, batched_nms in its per-class form.
 */
export function batchedNms(
  boxes: BoxArray,
  scores: ArrayLike<number>,
  classes: ArrayLike<number>,
  iouThreshold: number,
): Int32Array {
  if (classes.length !== scores.length) {
    throw new RangeError(`classes: ${classes.length} for ${scores.length} scores.`);
  }
  return suppress(boxes, scores, classes, iouThreshold);
}

function suppress(
  boxes: BoxArray,
  scores: ArrayLike<number>,
  classes: ArrayLike<number> | undefined,
  iouThreshold: number,
): Int32Array {
  const count = boxCount(boxes);
  if (scores.length !== count) throw new RangeError(`scores: ${scores.length} for ${count} boxes.`);
  const order = new Int32Array(count).map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  const coordinates = boxes instanceof Float32Array ? boxes : Float32Array.from(boxes);
  const areas = boxAreas(coordinates);
  const keptOfClass = new Map<number, number[]>();
  const kept = new Int32Array(count);
  let keptCount = 0;
  for (const i of order) {
    const classId = classes === undefined ? 0 : classes[i];
    let rivals = keptOfClass.get(classId);
    if (rivals === undefined) keptOfClass.set(classId, (rivals = []));
    if (isSuppressed(i, rivals, coordinates, areas, iouThreshold)) continue;
    rivals.push(i);
    kept[keptCount++] = i;
  }
  return kept.slice(0, keptCount);
}

function isSuppressed(
  i: number,
  rivals: readonly number[],
  boxes: Float32Array,
  areas: Float32Array,
  iouThreshold: number,
): boolean {
  const x1 = boxes[4 * i];
  const y1 = boxes[4 * i + 1];
  const x2 = boxes[4 * i + 2];
  const y2 = boxes[4 * i + 3];
  for (const j of rivals) {
    const width = Math.fround(Math.min(x2, boxes[4 * j + 2]) - Math.max(x1, boxes[4 * j]));
    if (!(width > 0)) continue;
    const height = Math.fround(Math.min(y2, boxes[4 * j + 3]) - Math.max(y1, boxes[4 * j + 1]));
    if (!(height > 0)) continue;
    const intersection = Math.fround(width * height);
    const union = Math.fround(Math.fround(areas[j] + areas[i]) - intersection);
    if (Math.fround(intersection / union) > iouThreshold) return true;
  }
  return false;
}
