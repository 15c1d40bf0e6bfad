import { boxCount } from './box';
import type { Box, BoxArray } from './box';

/** Area in square pixels; negative or positive nonsense for an inverted box, as x2 − x1 times y2 − y1 gives it. */
export function boxArea(box: Box): number {
  return (box[2] - box[0]) * (box[3] - box[1]);
}

/** Area that two boxes share, in square pixels; 0 when they only touch. */
export function intersectionArea(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union of two boxes, 0 to 1; 0 when neither has an area. */
export function iou(a: Box, b: Box): number {
  const intersection = intersectionArea(a, b);
  return intersection > 0 ? intersection / (boxArea(a) + boxArea(b) - intersection) : 0;
}

/**
 * Generalised IoU of two boxes, −1 to 1: the IoU less the empty share of the smallest box around both.
 * 0 when that box has no area.
 *
 * Source: Rezatofighi et al., Generalized Intersection over Union, 2019.
 */
export function giou(a: Box, b: Box): number {
  const intersection = intersectionArea(a, b);
  const union = boxArea(a) + boxArea(b) - intersection;
  const around = (Math.max(a[2], b[2]) - Math.min(a[0], b[0])) * (Math.max(a[3], b[3]) - Math.min(a[1], b[1]));
  if (!(around > 0)) return 0;
  return (union > 0 ? intersection / union : 0) - (around - union) / around;
}

/**
 * IoU of each of N boxes with each of M, [N, M], in float32 arithmetic in torchvision's order of operations, so that
 * equal overlaps come out equal. Pairs that do not overlap are 0, also where both have no area.
 *
 * Source: torchvision `ops/boxes.py`, box_iou.
 */
export function iouMatrix(a: BoxArray, b: BoxArray): Float32Array {
  const rows = boxCount(a);
  const columns = boxCount(b);
  const areasOfB = boxAreas(b);
  const areasOfA = boxAreas(a);
  const matrix = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const x1 = Math.fround(a[4 * i]);
    const y1 = Math.fround(a[4 * i + 1]);
    const x2 = Math.fround(a[4 * i + 2]);
    const y2 = Math.fround(a[4 * i + 3]);
    for (let j = 0; j < columns; j++) {
      const width = Math.fround(Math.min(x2, Math.fround(b[4 * j + 2])) - Math.max(x1, Math.fround(b[4 * j])));
      const height = Math.fround(Math.min(y2, Math.fround(b[4 * j + 3])) - Math.max(y1, Math.fround(b[4 * j + 1])));
      if (!(width > 0 && height > 0)) continue;
      const intersection = Math.fround(width * height);
      const union = Math.fround(Math.fround(areasOfA[i] + areasOfB[j]) - intersection);
      matrix[i * columns + j] = intersection / union;
    }
  }
  return matrix; // [N, M]
}

/** Areas of boxes in float32 arithmetic, [N]. */
export function boxAreas(boxes: BoxArray): Float32Array {
  const count = boxCount(boxes);
  const areas = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const width = Math.fround(Math.fround(boxes[4 * i + 2]) - Math.fround(boxes[4 * i]));
    const height = Math.fround(Math.fround(boxes[4 * i + 3]) - Math.fround(boxes[4 * i + 1]));
    areas[i] = width * height;
  }
  return areas; // [N]
}
