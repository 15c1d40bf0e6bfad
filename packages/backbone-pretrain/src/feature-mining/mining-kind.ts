import type { Random } from '@featuremine/random';
import { add, maskedPool, tf, type HostTensor } from '@featuremine/tensor-graph';
import { boxMask, complementaryRows, drawMiningBox, type MapSize, type MiningBox } from './mining-box';

/** Size of a feature map, with its channels. */
export interface MinedMap extends MapSize {
  readonly channels: number;
}

/** The pooled features of a map and of its two parts, [N, C] each, float32. */
export interface PooledParts {
  readonly inside: tf.Tensor;
  readonly outside: tf.Tensor;
  readonly full: tf.Tensor;
}

/** A way of separating a feature map into two parts. */
export interface MiningKind {
  /** Draws the parts of one step; the result is an input of the step, so it does not freeze into the graph. */
  draw(map: MinedMap, random: Random): HostTensor;
  /** The boxes of which `draw` makes that input, where it is made of boxes. */
  boxes?(map: MapSize, random: Random): MiningBox[];
  /** Pools a map [N, H, W, C] as that input says. */
  pool(map: tf.Tensor, drawn: tf.Tensor): PooledParts;
}

/**
 * Feature Mining as the paper has it: a box and its complement.
 *
 * Pooling is linear, so the masked copies X⊙M and X⊙(1−M) are never made: one product with the rows M / HW and
 * (1 − M) / HW pools both, and the sum of the two is the pooled whole.
 */
export const boxMining: MiningKind = {
  boxes: (map, random) => [drawMiningBox(map, random)],
  draw(map, random) {
    const data = complementaryRows(boxMask(map, drawMiningBox(map, random)));
    return { dtype: 'float32', shape: [2, map.height * map.width], data };
  },
  pool: poolComplements,
};

/** Pools a map by two rows [2, H·W] that add up to the whole. */
export function poolComplements(map: tf.Tensor, rows: tf.Tensor): PooledParts {
  const [inside, outside] = tf.unstack(maskedPool(map, rows), 1) as [tf.Tensor, tf.Tensor]; // [N, 2, C] to 2 [N, C]
  return { inside, outside, full: add(inside, outside) };
}
