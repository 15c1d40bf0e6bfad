import { tf } from '@featuremine/tensor-graph';
import type { StepFunction } from '@featuremine/tensor-graph';
import type { Detector } from '../detector';

/**
 * The function that exports hold: input `images` `[1, H, W, 3]` (RGB, 0…255, padded with the mean); outputs `logits`
 * `[1, R, K]` and `deltas` `[1, R, 4]` over all levels, p3 first. The background's column is left out.
 */
export function inferenceStep(detector: Detector): StepFunction {
  return (step, inputs) => {
    const { logits, deltas } = detector.forward(step, inputs['images']);
    const columns = tf.concat([...logits], 1);
    return { logits: tf.slice(columns, [0, 0, 1], [-1, -1, -1]), deltas: tf.concat([...deltas], 1) };
  };
}
