import { tf } from '@featuremine/tensor-graph';
import type { StepFunction } from '@featuremine/tensor-graph';
import { PYRAMID_LEVELS } from './architecture';
import type { Detector } from './detector';
import { detectionLoss } from './losses';
import type { LossOptions } from './losses';

/**
 * The training step: inputs `images` `[N, H, W, 3]`, `imageSizes` int32 `[N, 2]`, `labels` int32 `[N, R]` and `deltas`
 * `[N, R, 4]`; outputs `loss`, `classificationLoss` and `boxLoss`.
 */
export function trainingStep(detector: Detector, options: LossOptions): StepFunction {
  return (step, inputs) => {
    const { images, imageSizes, labels, deltas } = inputs;
    const outputs = detector.forward(step, images, imageSizes);
    return {
      ...detectionLoss({
        logits: tf.concat([...outputs.logits], 1),
        deltas: tf.concat([...outputs.deltas], 1),
        targets: { labels: labels, deltas: deltas },
        paddedSize: { height: images.shape[1]!, width: images.shape[2]! },
        options,
      }),
    };
  };
}

/**
 * The evaluation step: inputs `images` and `imageSizes`; outputs `logits0`…`logits4` `[N, R of the level, K + 1]` and
 * `deltas0`…`deltas4` `[N, R of the level, 4]`, p3 first.
 */
export function evaluationStep(detector: Detector): StepFunction {
  return (step, inputs) => {
    const outputs = detector.forward(step, inputs['images'], inputs['imageSizes']);
    const named: Record<string, tf.Tensor> = {};
    for (let level = 0; level < PYRAMID_LEVELS; level++) {
      named[`logits${level}`] = outputs.logits[level]!;
      named[`deltas${level}`] = outputs.deltas[level]!;
    }
    return named;
  };
}
