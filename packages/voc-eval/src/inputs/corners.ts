import { endOf } from '../exact-decimals';

/**
 * How the far corner of a COCO box is added up: in binary, as pycocotools does it, or as the decimals that the file
 * states, for a conversion that can be undone.
 */
export type Corners = 'binary' | 'decimal';

/** x1, y1, x2, y2 of COCO's x, y, width, height. */
export function cornersOf(
  [x, y, width, height]: readonly [number, number, number, number],
  corners: Corners,
): readonly [number, number, number, number] {
  if (corners === 'binary') return [x, y, x + width, y + height];
  return [x, y, endOf(x, width), endOf(y, height)];
}
