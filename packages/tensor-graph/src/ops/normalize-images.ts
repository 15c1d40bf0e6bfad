import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { rawOp, type } from '../raw-op';
import { tf } from '../tensorflow';

/**
 * Images [N, H, W, 3] with values 0…255 → (x / 255 − mean) / std, with mean and std per channel in units of 0…1. It has
 * no gradient.
 */
export function normalizeImages(x: Tensor, mean: readonly number[], std: readonly number[]): Tensor {
  const T = type('float32');
  return tf.tidy(() => {
    const factor = tf.tensor1d(std.map((deviation) => 1 / (255 * deviation)));
    const shift = tf.tensor1d(mean.map((value, channel) => -value / std[channel]));
    return rawOp('AddV2', [rawOp('Mul', [x, factor], { T }), shift], { T });
  });
}
