import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { bool, float, rawOps, string, type } from '../raw-op';
import { tf } from '../tensorflow';
import { differentiable } from './differentiable';
import { frozenBatchNorm } from './frozen-batch-norm';
import type { BatchNormParameters } from './frozen-batch-norm';

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** Added to the variance, 1e-5 by default. */
  readonly epsilon?: number;
  /** Whether to normalise with the running statistics instead of the batch's. */
  readonly isFrozen?: boolean;
}

/** What `batchNorm` gives. */
export interface BatchNormResult {
  /** [N, H, W, C] */
  readonly y: Tensor;
  /** [C] */
  readonly batchMean: Tensor;
  /** [C], unbiased (divided by N·H·W − 1): what PyTorch's running variance takes. */
  readonly batchVariance: Tensor;
}

/**
 * Batch normalisation of x [N, H, W, C] over N, H and W: (x − mean) / √(variance + ε) · scale + offset.
 *
 * In training form with the batch's mean and biased variance, which also have their part in the gradient; the result
 * then carries the batch's statistics. Frozen, with the running ones (see `frozenBatchNorm`), which the result repeats.
 */
export function batchNorm(
  x: Tensor,
  parameters: BatchNormParameters,
  { epsilon = 1e-5, isFrozen = false }: BatchNormOptions = {},
): BatchNormResult {
  const { scale, offset, mean, variance } = parameters;
  if (isFrozen) {
    return { y: frozenBatchNorm(x, parameters, { epsilon }), batchMean: mean, batchVariance: variance };
  }
  const attributes = {
    T: type('float32'),
    U: type('float32'),
    epsilon: float(epsilon),
    data_format: string('NHWC'),
    is_training: bool(true),
  };
  const [y, batchMean, batchVariance] = differentiable({
    inputs: [x, scale, offset],
    forward: (save) => {
      // With the default averaging factor of 1 the op takes no running statistics.
      const none = tf.tensor1d([], 'float32');
      const outputs = rawOps('FusedBatchNormV3', [x, scale, offset, none, none], attributes, 6);
      save([x, scale, ...outputs.slice(3)]);
      return outputs.slice(0, 3);
    },
    backward: ([dy], [savedX, savedScale, ...reserved]) => {
      const inputs = [dy, savedX, savedScale, ...reserved];
      const gradients = rawOps('FusedBatchNormGradV3', inputs, attributes, 5);
      return [0, 1, 2].map((index) => () => gradients[index].clone());
    },
  });
  return { y: y, batchMean: batchMean, batchVariance: batchVariance };
}
