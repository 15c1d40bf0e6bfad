import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { tf } from '../tensorflow';
import { rawOp, type } from '../raw-op';
import type { BatchNormParameters } from './batch-norm';
import { differentiableOne } from './differentiable';

/** A batch normalisation with fixed statistics as y = x · factor + shift, both [C]. */
export interface ChannelAffine {
  readonly factor: Tensor;
  readonly shift: Tensor;
}

/**
 * The factor scale / √(variance + ε) and the shift offset − mean · factor of a batch normalisation with fixed
 * statistics, [C] each. Differentiable by tfjs, for the case that scale and offset are trained.
 */
export function channelAffine({ scale, offset, mean, variance }: BatchNormParameters, epsilon: number): ChannelAffine {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
  return { factor, shift: tf.sub(offset, tf.mul(mean, factor)) };
}

/**
 * Batch normalisation of x [N, H, W, C] with fixed statistics, as torchvision's FrozenBatchNorm2d: one multiplication
 * and one addition per element. Behind a convolution `conv2dFrozenBatchNorm` is cheaper still.
 */
export function frozenBatchNorm(
  x: Tensor,
  parameters: BatchNormParameters,
  { epsilon = 1e-5 }: { readonly epsilon?: number } = {},
): Tensor {
  const T = type('float32');
  return tf.tidy(() => {
    const { factor, shift } = channelAffine(parameters, epsilon);
    return differentiableOne({
      inputs: [x, factor, shift],
      forward: (save) => {
        save([x, factor]);
        return rawOp('AddV2', [rawOp('Mul', [x, factor], { T }), shift], { T });
      },
      backward: ([dy], [savedX, savedFactor]) => [
        () => rawOp('Mul', [dy, savedFactor], { T }),
        () => tf.sum(rawOp('Mul', [dy, savedX], { T }), [0, 1, 2]),
        () => tf.sum(dy, [0, 1, 2]),
      ],
    });
  });
}
