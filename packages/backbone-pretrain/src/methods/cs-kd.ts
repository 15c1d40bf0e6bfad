import { tf } from '@featuremine/tensor-graph';
import { softenedDivergence } from './softened-divergence';
import type { TrainingMethod } from './training-method';

/** The input of a step that holds another image of the same class for each image, [N, S, S, 3], 0…255. */
export const PARTNER_IMAGES = 'csKd.images';

/** How strongly predictions of one class are drawn together; the defaults are those of `trainSchema`. */
export interface CsKdOptions {
  /** λ, of the divergence. */
  readonly weight: number;
  readonly temperature: number;
}

/**
 * CS-KD: each image has a partner of its class, and its softened prediction is drawn towards the partner's:
 * cross-entropy + λ · T² KL(partner ‖ image). Partners pass the network on their own, in training form (their batch
 * statistics move the running ones too), and get no gradient.
 *
 * Source: Yun et al., Regularizing class-wise predictions via self-knowledge distillation, 2020, and `alinlab/cs-kd`.
 */
export function csKd({ weight, temperature }: CsKdOptions): TrainingMethod {
  return {
    draw: () => ({}),
    losses({ inputs, logits, classify }) {
      const partners = classify(inputs[PARTNER_IMAGES]);
      return { csKdDivergence: tf.mul(softenedDivergence(logits, partners, temperature), weight) };
    },
  };
}
