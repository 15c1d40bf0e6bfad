import {
  add,
  globalAveragePool,
  normalizeImages,
  softmaxCrossEntropy,
  type HostTensor,
  type StepFunction,
} from '@featuremine/tensor-graph';
import type { FeatureMining } from './feature-mining/feature-mining';
import { applyLinear } from './layers';
import type { StepDraw, TrainingMethod } from './methods/training-method';
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
  /** Further regularisers; in the order in which they change images and maps. */
  readonly methods?: readonly TrainingMethod[];
}

/**
 * The training step: inputs `images` (0…255) [N, S, S, 3], `labels` int32 [N], and what `drawInputs` gives.
 *
 * Outputs `loss`, the sum of all cross-entropies; `classifierLoss`, the classifier's own, which can be compared between
 * runs with and without Feature Mining; and `logits` [N, K].
 */
export function trainingStep({ network, mining, pixels, labelSmoothing, methods = [] }: ClassifierParts): StepFunction {
  return (step, inputs) => {
    const normalised = normalizeImages(inputs['images'], pixels.mean, pixels.std);
    const images = methods.reduce((x, method) => method.images?.(x, inputs) ?? x, normalised);
    const hooks = methods.flatMap((method) => method.hook?.(inputs) ?? []);
    const maps = stageMaps(network, step, images, (map, index) => hooks.reduce((x, hook) => hook(x, index), map));
    const heads = mining.heads(step, maps, inputs);
    const mixing = methods.find((method) => method.criterion !== undefined);
    const losses = heads.map(
      ({ logits }) =>
        mixing?.criterion?.(logits, inputs) ?? softmaxCrossEntropy(logits, inputs['labels'], { labelSmoothing }),
    );
    return { loss: losses.reduce(add), classifierLoss: losses[0], logits: heads[0].logits };
  };
}

/** All inputs of a training step but images, labels and the learning rate. */
export function drawInputs(
  { mining, methods = [] }: Pick<ClassifierParts, 'mining' | 'methods'>,
  draw: StepDraw,
): Record<string, HostTensor> {
  const drawn = methods.map((method) => method.draw(draw));
  return Object.assign({}, mining.draw(draw.seed, draw.stepNumber), ...drawn) as Record<string, HostTensor>;
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
