import type { Random } from '@featuremine/random';

/** Size of a feature map in cells. */
export interface MapSize {
  readonly height: number;
  readonly width: number;
}

/** A box of cells; right and bottom are exclusive, and equal to left and top when the box is empty. */
export interface MiningBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Draws the box that separates the two parts of a map, as CutMix draws its box.
 *
 * λ is uniform in [0, 1) unless it is given; the sides are ⌊H√(1−λ)⌋ and ⌊W√(1−λ)⌋; the centre is a uniform cell; the box is the centre
 * ± half a side, rounded down, clipped to the map. A side of 0 or 1 gives an empty box: on a 7x7 map that happens in
 * 8 % of the draws, and a box covers 23 % of the map on average. It is kept so, since the paper refers to CutMix.
 *
 * Source: Xie et al., Feature Mining, section 3; Yun et al., CutMix, 2019.
 */
export function drawMiningBox(
  { height, width }: MapSize,
  random: Random,
  lambda: number = random.uniform(),
): MiningBox {
  const share = Math.sqrt(1 - lambda);
  const halfHeight = Math.floor(Math.floor(height * share) / 2);
  const halfWidth = Math.floor(Math.floor(width * share) / 2);
  const centreX = random.integer(width);
  const centreY = random.integer(height);
  return {
    left: Math.max(0, centreX - halfWidth),
    top: Math.max(0, centreY - halfHeight),
    right: Math.min(width, centreX + halfWidth),
    bottom: Math.min(height, centreY + halfHeight),
  };
}

/** The mask of a box, row-major [H·W]: 1 inside, 0 outside. */
export function boxMask({ height, width }: MapSize, box: MiningBox): Float32Array {
  const mask = new Float32Array(height * width);
  for (let y = box.top; y < box.bottom; y++) mask.fill(1, y * width + box.left, y * width + box.right);
  return mask;
}

/** The rows that pool the two parts of a map, [2, H·W]: M / HW and (1 − M) / HW. Their sum pools the whole map. */
export function complementaryRows(mask: Float32Array): Float32Array {
  const cells = mask.length;
  const rows = new Float32Array(2 * cells);
  for (let i = 0; i < cells; i++) {
    rows[i] = mask[i] / cells;
    rows[cells + i] = (1 - mask[i]) / cells;
  }
  return rows;
}
