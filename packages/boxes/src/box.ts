/**
 * One box, x1, y1, x2, y2 in continuous pixels from the image's top left corner; x2 and y2 are exclusive, so that the
 * width is x2 − x1.
 */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** Many boxes in one typed array, [N, 4] row by row. */
export type BoxArray = Float32Array | Float64Array;

/** Number of boxes in an [N, 4] array. Throws a RangeError when its length is no multiple of four. */
export function boxCount(boxes: ArrayLike<number>): number {
  const count = boxes.length / 4;
  if (!Number.isInteger(count)) throw new RangeError(`boxes: length ${boxes.length} is no multiple of 4.`);
  return count;
}

/** Box number `i` of [N, 4]. */
export function boxAt(boxes: ArrayLike<number>, i: number): Box {
  return [boxes[i * 4], boxes[i * 4 + 1], boxes[i * 4 + 2], boxes[i * 4 + 3]];
}
