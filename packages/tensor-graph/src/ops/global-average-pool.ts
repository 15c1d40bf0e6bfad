import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { bool, rawOp, type } from '../raw-op';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/** The mean over all positions: [N, H, W, C] → [N, C]. Float32 in a bfloat16 model too. */
export function globalAveragePool(x: Tensor): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const T = type('float32');
  return differentiableOne({
    inputs: [x],
    isFloat32: true,
    forward: () => {
      const axes = tf.tensor1d([1, 2], 'int32');
      return rawOp('Mean', [x, axes], { T, Tidx: type('int32'), keep_dims: bool(false) });
    },
    backward: ([dy]) => [
      () => {
        const share = tf.reshape(tf.mul(dy, 1 / (height * width)), [n, 1, 1, channels]);
        return rawOp('BroadcastTo', [share, tf.tensor1d(x.shape, 'int32')], { T, Tidx: type('int32') });
      },
    ],
  });
}
