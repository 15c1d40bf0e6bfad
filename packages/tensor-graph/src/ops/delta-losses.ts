import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/**
 * L1 loss |deltas − targets| of box deltas [N, R, 4], summed over the anchors that mask [N, R] (0 or 1) selects → [N].
 * Float32 in a bfloat16 model too. Targets and mask get no gradient.
 */
export function l1Loss(deltas: Tensor, targets: Tensor, mask: Tensor): Tensor {
  return deltaLoss(deltas, targets, mask, { loss: tf.abs, slope: tf.sign });
}

/**
 * Smooth L1 loss of box deltas [N, R, 4], summed over the anchors that mask [N, R] selects → [N]: d² / (2·beta) where
 * |d| < beta, |d| − beta / 2 elsewhere. Beta 0 is `l1Loss`. Float32 in a bfloat16 model too.
 */
export function smoothL1Loss(
  deltas: Tensor,
  targets: Tensor,
  mask: Tensor,
  { beta }: { readonly beta: number },
): Tensor {
  if (beta === 0) return l1Loss(deltas, targets, mask);
  return deltaLoss(deltas, targets, mask, {
    // With c = min(|d|, beta) both cases are c·(|d| − c/2) / beta.
    loss: (difference) => {
      const size = tf.abs(difference);
      const clipped = tf.minimum(size, beta);
      return tf.mul(tf.mul(clipped, tf.sub(size, tf.mul(clipped, 0.5))), 1 / beta);
    },
    slope: (difference) => tf.mul(tf.clipByValue(difference, -beta, beta), 1 / beta),
  });
}

interface Elementwise {
  readonly loss: (difference: Tensor) => Tensor;
  /** The derivative of `loss`; 0 at 0. */
  readonly slope: (difference: Tensor) => Tensor;
}

function deltaLoss(deltas: Tensor, targets: Tensor, mask: Tensor, { loss, slope }: Elementwise): Tensor {
  return differentiableOne({
    inputs: [deltas],
    isFloat32: true,
    forward: (save) => {
      const difference = tf.mul(tf.sub(deltas, targets), tf.expandDims(tf.cast(mask, 'float32'), 2));
      save([difference]);
      return tf.sum(loss(difference), [1, 2]);
    },
    backward: ([dy], [difference]) => [() => tf.mul(slope(difference), tf.reshape(dy, [-1, 1, 1]))],
  });
}
