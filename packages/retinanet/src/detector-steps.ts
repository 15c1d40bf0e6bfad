import { tf } from '@featuremine/tensor-graph';
import type { StepFunction } from '@featuremine/tensor-graph';
import { PYRAMID_LEVELS } from './architecture';
import type { Detector } from './detector';
import type { HeadOutputs } from './heads';
import { FOREGROUND_COUNT } from './foreground-counts';
import { normalizedLoss } from './loss-normalizer';
import { detectionLossSums } from './losses';
import type { LossOptions, LossSums } from './losses';

/**
 * The training step: inputs `images` `[N, H, W, 3]`, `imageSizes` int32 `[N, 2]`, `labels` int32 `[N, R]` and `deltas`
 * `[N, R, 4]`; outputs `loss`, `classificationLoss` and `boxLoss`. The model also holds `lossVariables(options)`.
 *
 * In a job of several processes, whose batches are parts, the input `foregroundCount` (see `withForegroundCounts`) tells
 * of the whole; the normaliser `image` does not need it.
 */
export function trainingStep(detector: Detector, options: LossOptions, processes = 1): StepFunction {
  return (step, inputs) => {
    const outputs = detector.forward(step, inputs['images'], inputs['imageSizes']);
    const foregroundCount = inputs[FOREGROUND_COUNT];
    const whole = foregroundCount && { foregroundCount, parts: processes };
    return { ...normalizedLoss(step, lossSums(outputs, inputs, options), options.normalizer, whole) };
  };
}

/**
 * The evaluation step: inputs `images` and `imageSizes`; outputs `logits0`…`logits4` `[N, R of the level, K + 1]` and
 * `deltas0`…`deltas4` `[N, R of the level, 4]`, p3 first.
 */
export function evaluationStep(detector: Detector): StepFunction {
  return (step, inputs) => outputsByLevel(detector.forward(step, inputs['images'], inputs['imageSizes']));
}

/**
 * The step of validation: inputs as in training; outputs as in evaluation, with `classificationSums`, `boxSums` and
 * `foregroundCounts`, `[N]` each: the losses that are not divided yet.
 */
export function validationStep(detector: Detector, options: LossOptions): StepFunction {
  return (step, inputs) => {
    const outputs = detector.forward(step, inputs['images'], inputs['imageSizes']);
    return { ...outputsByLevel(outputs), ...lossSums(outputs, inputs, options) };
  };
}

function lossSums(outputs: HeadOutputs, inputs: Record<string, tf.Tensor>, options: LossOptions): LossSums {
  const { images, labels, deltas } = inputs;
  return detectionLossSums({
    logits: tf.concat([...outputs.logits], 1),
    deltas: tf.concat([...outputs.deltas], 1),
    targets: { labels, deltas },
    paddedSize: { height: images.shape[1]!, width: images.shape[2]! },
    options,
  });
}

function outputsByLevel(outputs: HeadOutputs): Record<string, tf.Tensor> {
  const named: Record<string, tf.Tensor> = {};
  for (let level = 0; level < PYRAMID_LEVELS; level++) {
    named[`logits${level}`] = outputs.logits[level]!;
    named[`deltas${level}`] = outputs.deltas[level]!;
  }
  return named;
}
