import { boxCount } from './box';
import type { BoxArray } from './box';

/** Boxes trimmed to an image of this size, in a new array of the same kind; a box outside it ends without an area. [N, 4] */
export function clipBoxes<T extends BoxArray>(boxes: T, widthPx: number, heightPx: number): T {
  boxCount(boxes);
  const clipped = boxes.slice() as T;
  for (let k = 0; k < clipped.length; k += 2) {
    clipped[k] = Math.min(Math.max(clipped[k], 0), widthPx);
    clipped[k + 1] = Math.min(Math.max(clipped[k + 1], 0), heightPx);
  }
  return clipped; // [N, 4]
}
