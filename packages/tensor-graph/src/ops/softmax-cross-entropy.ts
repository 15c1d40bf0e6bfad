import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { int, rawOp, rawOps, type } from '../raw-op';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/** Options of `softmaxCrossEntropy`. */
export interface SoftmaxCrossEntropyOptions {
  /** The share of each target that is spread evenly over all K classes, 0 by default. */
  readonly labelSmoothing?: number;
}

/**
 * Cross-entropy between the softmax of logits [N, K] and targets, averaged over N → scalar.
 *
 * Targets are labels (int32 [N], 0 … K−1) or probabilities (float32 [N, K]); they get no gradient. TensorFlow's op gives
 * loss and gradient in one pass, so nothing but the gradient is kept.
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  { labelSmoothing = 0 }: SoftmaxCrossEntropyOptions = {},
): Tensor {
  const [n] = logits.shape as [number, number];
  return differentiableOne({
    inputs: [logits],
    isFloat32: true,
    forward: (save) => {
      const [losses, gradient] = lossAndGradient(logits, targets, labelSmoothing);
      save([gradient]);
      return tf.mean(losses);
    },
    backward: ([dy], [gradient]) => [() => tf.mul(gradient, tf.mul(dy, 1 / n))],
  });
}

function lossAndGradient(logits: Tensor, targets: Tensor, smoothing: number): Tensor[] {
  const T = type('float32');
  const classes = logits.shape[1]!;
  const areLabels = targets.rank === 1;
  if (areLabels && smoothing === 0) {
    const attributes = { T, Tlabels: type('int32') };
    return rawOps('SparseSoftmaxCrossEntropyWithLogits', [logits, targets], attributes, 2);
  }
  let probabilities = targets;
  if (areLabels) {
    const values = [tf.scalar(classes, 'int32'), tf.scalar(1 - smoothing + smoothing / classes)];
    const inputs = [targets, ...values, tf.scalar(smoothing / classes)];
    probabilities = rawOp('OneHot', inputs, { T, TI: type('int32'), axis: int(-1) });
  } else if (smoothing > 0) {
    probabilities = tf.add(tf.mul(targets, 1 - smoothing), smoothing / classes);
  }
  return rawOps('SoftmaxCrossEntropyWithLogits', [logits, probabilities], { T }, 2);
}
