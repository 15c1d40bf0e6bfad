import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { tf } from '../tensorflow';
import { conv2d } from './conv2d';
import { channelAffine } from './frozen-batch-norm';
import type { BatchNormParameters } from './frozen-batch-norm';

/** Options of `conv2dFrozenBatchNorm`, with the defaults of `conv2d` and `batchNorm`. */
export interface Conv2dFrozenBatchNormOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly epsilon?: number;
}

/**
 * `conv2d` and then batch normalisation with fixed statistics, as one convolution: the factor of each output channel is
 * multiplied into the filter, the shift is the bias. Both directions are spared every pass over the map but the
 * convolution's; the filter's own gradient comes out right through the product.
 */
export function conv2dFrozenBatchNorm(
  x: Tensor,
  filter: Tensor,
  parameters: BatchNormParameters,
  { stride = 1, padding = 0, epsilon = 1e-5 }: Conv2dFrozenBatchNormOptions = {},
): Tensor {
  return tf.tidy(() => {
    const { factor, shift } = channelAffine(parameters, epsilon);
    return conv2d(x, tf.mul(filter, factor), { stride, padding, bias: shift });
  });
}
