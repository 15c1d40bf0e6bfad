import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/**
 * Boxes [N, R, 4] (x1, y1, x2, y2) from deltas [N, R, 4] (dx, dy, dw, dh) and anchors [R, 4] or [N, R, 4], with weights
 * of 1: the centre moves by dx anchor widths, the width grows by the factor exp(dw), dw at most ln(1000 / 16). Float32 in
 * a bfloat16 model too. Anchors get no gradient. Source: torchvision's BoxCoder.
 */
export function decodeBoxes(deltas: Tensor, anchors: Tensor): Tensor {
  return differentiableOne({
    inputs: [deltas],
    isFloat32: true,
    forward: (save) => {
      const [topLeft, bottomRight] = halves(anchors);
      const sizes = tf.sub(bottomRight, topLeft);
      const [shifts, growths] = halves(deltas);
      const centres = tf.add(tf.add(topLeft, tf.mul(sizes, 0.5)), tf.mul(shifts, sizes));
      const halfSizes = tf.mul(tf.exp(tf.minimum(growths, LARGEST_GROWTH)), tf.mul(sizes, 0.5));
      save([sizes, growths, halfSizes]);
      return tf.concat([tf.sub(centres, halfSizes), tf.add(centres, halfSizes)], -1);
    },
    backward: ([dBoxes], [sizes, growths, halfSizes]) => [
      () => {
        const [dTopLeft, dBottomRight] = halves(dBoxes);
        const isFree = tf.cast(tf.lessEqual(growths, LARGEST_GROWTH), 'float32');
        const dGrowths = tf.mul(tf.mul(tf.sub(dBottomRight, dTopLeft), halfSizes), isFree);
        return tf.concat([tf.mul(tf.add(dTopLeft, dBottomRight), sizes), dGrowths], -1);
      },
    ],
  });
}

/** Keeps exp from overflowing: a box is at most 1000 / 16 times as wide as its anchor. */
const LARGEST_GROWTH = Math.log(1000 / 16);

/** The first two and the last two columns. */
export function halves(boxes: Tensor): readonly [Tensor, Tensor] {
  return tf.split(boxes, 2, -1) as [Tensor, Tensor];
}
