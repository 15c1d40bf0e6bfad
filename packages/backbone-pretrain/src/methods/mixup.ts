import type { Random } from '@featuremine/random';
import { imageMixing, type Mixture } from './image-mixing';
import type { TrainingMethod } from './training-method';

/** How strongly Mixup mixes. */
export interface MixupOptions {
  /** Both parameters of the Beta distribution of λ: 1 is uniform, less is nearer to unmixed images. */
  readonly alpha: number;
  readonly labelSmoothing: number;
}

/**
 * Mixup: images become λ · image + (1 − λ) · another image of the batch, and labels likewise.
 *
 * Source: Zhang et al., mixup, 2017, and its authors' code.
 */
export function mixup({ alpha, labelSmoothing }: MixupOptions): TrainingMethod {
  return imageMixing({ labelSmoothing, draw: (random) => drawMixup(alpha, random) });
}

/** One λ for all pixels. */
export function drawMixup(alpha: number, random: Random): Mixture {
  const lambda = random.beta(alpha, alpha);
  return { lambda, weights: { dtype: 'float32', shape: [], data: Float32Array.of(lambda) } };
}
