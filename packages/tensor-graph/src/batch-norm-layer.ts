import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { batchNorm } from './ops/batch-norm';
import type { StepContext } from './step-context';
import { tf } from './tensorflow';

/** Options of `batchNormLayer`. */
export interface BatchNormLayerOptions {
  /** Whether the running statistics are used as constants, also in training. */
  readonly isFrozen?: boolean;
  /** Weight of the new batch in the running statistics, in PyTorch's sense. Default 0.1. */
  readonly momentum?: number;
  /** Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Batch normalisation of x [N, H, W, C] with the variables `<name>.weight`, `.bias`, `.running_mean`, `.running_var`.
 *
 * In a training step, unless frozen, it uses the batch's statistics and moves the running ones towards them (the
 * variance unbiased), as torch.nn.BatchNorm2d does; else it uses the running ones.
 */
export function batchNormLayer(
  step: StepContext,
  x: Tensor,
  name: string,
  { isFrozen = false, momentum = 0.1, epsilon = 1e-5 }: BatchNormLayerOptions = {},
): Tensor {
  const scale = step.variable(`${name}.weight`);
  const offset = step.variable(`${name}.bias`);
  const mean = step.variable(`${name}.running_mean`);
  const variance = step.variable(`${name}.running_var`);
  const usesRunning = isFrozen || !step.isTraining;
  const result = batchNorm(x, { scale, offset, mean, variance }, { epsilon, isFrozen: usesRunning });
  if (!usesRunning) {
    const blend = (old: Tensor, batch: Tensor): Tensor => tf.add(tf.mul(old, 1 - momentum), tf.mul(batch, momentum));
    step.assign(`${name}.running_mean`, blend(mean, result.batchMean));
    step.assign(`${name}.running_var`, blend(variance, result.batchVariance));
  }
  return result.y;
}
