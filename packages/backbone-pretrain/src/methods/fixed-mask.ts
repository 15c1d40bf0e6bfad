import { tf } from '@featuremine/tensor-graph';
import { boxMask, type MapSize, type MiningBox } from '../feature-mining/mining-box';
import { mapSide, type Network } from '../network';
import type { TrainingMethod } from './training-method';

/** Names that `--fixed-mask` takes, apart from `none`: the part of the last map that is kept. */
export const FIXED_MASKS = ['left', 'right', 'top', 'bottom', 'centre', 'surround'] as const;
/** The part of the last map that is kept, by its name. */
export type FixedMask = (typeof FIXED_MASKS)[number];

/**
 * Trains the classifier on one fixed part of the last map, the rest is zero: what the paper shows, by class activation
 * maps, to make the network look at less, or at other things, than the whole map does.
 *
 * Source: Xie et al., Feature Mining, figure 2; its masks' shapes are not stated.
 */
export function fixedMask(network: Network, mask: FixedMask, imageSize: number): TrainingMethod {
  const last = network.stages.length - 1;
  const side = mapSide(network.stages[last], imageSize);
  const cells = maskCells(mask, { height: side, width: side });
  return {
    draw: () => ({}),
    hook: () => (map, index) => (index === last ? tf.mul(map, tf.tensor(cells, [1, side, side, 1])) : map),
  };
}

/** The mask row-major, [H·W]: 1 is kept. Halves leave the middle row or column out where the side is odd. */
export function maskCells(mask: FixedMask, size: MapSize): Float32Array {
  if (mask === 'surround') return maskCells('centre', size).map((inside) => 1 - inside);
  return boxMask(size, keptBox(mask, size));
}

function keptBox(mask: Exclude<FixedMask, 'surround'>, { height, width }: MapSize): MiningBox {
  const whole = { left: 0, top: 0, right: width, bottom: height };
  switch (mask) {
    case 'left':
      return { ...whole, right: Math.floor(width / 2) };
    case 'right':
      return { ...whole, left: Math.ceil(width / 2) };
    case 'top':
      return { ...whole, bottom: Math.floor(height / 2) };
    case 'bottom':
      return { ...whole, top: Math.ceil(height / 2) };
    case 'centre': {
      const [dy, dx] = [Math.floor(height / 4), Math.floor(width / 4)];
      return { left: dx, top: dy, right: width - dx, bottom: height - dy };
    }
  }
}
