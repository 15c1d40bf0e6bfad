import { constantInit, tf } from '@featuremine/tensor-graph';
import type { StepContext, VariableSpec } from '@featuremine/tensor-graph';
import type { LossOptions, LossSums } from './losses';

/** The loss and its two parts; all scalars. */
export interface DetectionLoss {
  readonly loss: tf.Scalar;
  readonly classificationLoss: tf.Scalar;
  readonly boxLoss: tf.Scalar;
}

/** The batch of a job, of which a process has its part. */
export interface WholeBatch {
  /** Foreground anchors of all parts. */
  readonly foregroundCount: tf.Tensor;
  /** Number of parts, over which losses and gradients are averaged. */
  readonly parts: number;
}

const EMA = 'loss_normalizer';
const EMA_MOMENTUM = 0.9;
const EMA_START = 100;

/** The state of a normaliser: the moving mean of `ema`, which checkpoints keep and weights do not. */
export function lossVariables({ normalizer }: Pick<LossOptions, 'normalizer'>): VariableSpec[] {
  if (normalizer !== 'ema') return [];
  const buffer = { role: 'buffer', isTrainable: false, hasDecay: false } as const;
  return [{ ...buffer, name: EMA, shape: [], initial: constantInit(EMA_START) }];
}

/**
 * Divides the sums by foreground anchors, at least 1:
 *
 * - `image`: each image's by its own, then the mean over images (torchvision);
 * - `batch`: the batch's sum by the batch's (mmdetection);
 * - `ema`: the batch's sum by a moving mean of the batches' counts, which starts at 100 with a momentum of 0.9
 *   (detectron2): one batch with few objects does not get a large loss.
 *
 * Of a part of a batch, `batch` and `ema` divide by the foreground of the `whole`, such that the mean over the parts is
 * the loss of the whole.
 */
export function normalizedLoss(
  step: StepContext,
  { classificationSums, boxSums, foregroundCounts }: LossSums,
  normalizer: LossOptions['normalizer'],
  whole?: WholeBatch,
): DetectionLoss {
  const divided = divider(step, foregroundCounts, { normalizer, whole });
  const classificationLoss = divided(classificationSums);
  const boxLoss = divided(boxSums);
  return { loss: tf.add(classificationLoss, boxLoss), classificationLoss, boxLoss };
}

function divider(
  step: StepContext,
  counts: tf.Tensor,
  { normalizer, whole }: { normalizer: LossOptions['normalizer']; whole: WholeBatch | undefined },
): (sums: tf.Tensor) => tf.Scalar {
  const one = tf.scalar(1);
  if (normalizer === 'image') {
    const perImage = tf.maximum(counts, one);
    return (sums) => tf.mean(tf.div(sums, perImage));
  }
  const ofBatch = tf.maximum(whole?.foregroundCount ?? tf.sum(counts), one);
  const ofPart = (divisor: tf.Tensor): tf.Tensor => (whole === undefined ? divisor : tf.div(divisor, whole.parts));
  if (normalizer === 'batch') return (sums) => tf.div(tf.sum(sums), ofPart(ofBatch));
  const average = tf.add(tf.mul(step.variable(EMA), EMA_MOMENTUM), tf.mul(ofBatch, 1 - EMA_MOMENTUM));
  if (step.isTraining) step.assign(EMA, average);
  return (sums) => tf.div(tf.sum(sums), ofPart(average));
}
