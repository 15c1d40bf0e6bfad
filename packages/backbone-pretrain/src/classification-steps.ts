import {
  add,
  globalAveragePool,
  normalizeImages,
  softmaxCrossEntropy,
  type StepFunction,
} from '@featuremine/tensor-graph';
import type { FeatureMining } from './feature-mining/feature-mining';
import { applyLinear } from './layers';
import { stageMaps, type Network } from './network';

/** Mean and deviation per channel (R, G, B) of pixel values in 0…1. */
export interface PixelStatistics {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** What the step functions of a classifier are made from. */
export interface ClassifierParts {
  readonly network: Network;
  readonly mining: FeatureMining;
  readonly pixels: PixelStatistics;
  /** Share of each target that is spread over all classes. */
  readonly labelSmoothing: number;
}

/**
 * The training step: inputs `images` (0…255) [N, S, S, 3], `labels` int32 [N], and what `mining.draw` gives.
 *
 * Outputs `loss`, the sum of all cross-entropies; `classifierLoss`, the classifier's own, which can be compared between
 * runs with and without Feature Mining; and `logits` [N, K].
 */
export function trainingStep({ network, mining, pixels, labelSmoothing }: ClassifierParts): StepFunction {
  return (step, inputs) => {
    const images = normalizeImages(inputs['images'], pixels.mean, pixels.std);
    const heads = mining.heads(step, stageMaps(network, step, images), inputs);
    const losses = heads.map(({ logits }) => softmaxCrossEntropy(logits, inputs['labels'], { labelSmoothing }));
    return { loss: losses.reduce(add), classifierLoss: losses[0], logits: heads[0].logits };
  };
}

/** The evaluation step: input `images` (0…255) [N, S, S, 3]; output `logits` [N, K]. */
export function evaluationStep({ network, pixels }: Pick<ClassifierParts, 'network' | 'pixels'>): StepFunction {
  return (step, inputs) => {
    const images = normalizeImages(inputs['images'], pixels.mean, pixels.std);
    const maps = stageMaps(network, step, images);
    const features = globalAveragePool(maps[maps.length - 1]);
    return { logits: applyLinear(step, network.classifier, features) };
  };
}
