import {
  add,
  globalAveragePool,
  normalizeImages,
  softmaxCrossEntropy,
  tf,
  type HostTensor,
  type StepContext,
  type StepFunction,
} from '@featuremine/tensor-graph';
import { chainedStep } from './chained-step';
import type { FeatureMining } from './feature-mining/feature-mining';
import { applyLinear } from './layers';
import { stopGradient } from './methods/stop-gradient';
import {
  hasTestLogits,
  type StepDraw,
  type StepInputs,
  type TestOutputs,
  type TrainingMethod,
} from './methods/training-method';
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
  /** Factor of the cross-entropies of mining's heads; the paper's is 1, which is also the default. */
  readonly miningWeight?: number;
  readonly pixels: PixelStatistics;
  /** Share of each target that is spread over all classes. */
  readonly labelSmoothing: number;
  /** Further methods; in the order in which they change images and maps. */
  readonly methods?: readonly TrainingMethod[];
}

/**
 * The training step: inputs `images` (0…255) [N, S, S, 3], `labels` int32 [N], and what `drawInputs` gives.
 *
 * Outputs `loss`, the sum of all losses; `classifierLoss`, the classifier's own cross-entropy, which can be compared
 * between runs with and without further losses; the methods' losses by name; and `logits` [N, K].
 */
export function trainingStep(parts: ClassifierParts): StepFunction {
  const { network, mining, miningWeight = 1, pixels, methods = [] } = parts;
  return (outer, inputs) => {
    const step = chainedStep(outer);
    const normalised = normalizeImages(inputs['images'], pixels.mean, pixels.std);
    const images = methods.reduce((x, method) => method.images?.(x, inputs) ?? x, normalised);
    const hooks = methods.flatMap((method) => method.hook?.(inputs) ?? []);
    const maps = stageMaps(network, step, images, (map, index) => hooks.reduce((x, hook) => hook(x, index), map));
    const [classifier, ...heads] = mining.heads(step, maps, inputs);
    const crossEntropy = criterionOf(parts, inputs);
    const classifierLoss = crossEntropy(classifier.logits);
    const context = {
      step,
      inputs,
      maps,
      logits: classifier.logits,
      crossEntropy,
      classify: (further: tf.Tensor) => stopGradient(networkOutputs(parts, step, further).logits),
    };
    const further = Object.assign({}, ...methods.map((method) => method.losses?.(context))) as Record<
      string,
      tf.Tensor
    >;
    const weight = methods.reduce((product, method) => product * (method.classifierWeight ?? 1), 1);
    const losses = [
      weighted(classifierLoss, weight),
      ...heads.map(({ logits }) => weighted(crossEntropy(logits), miningWeight)),
      ...Object.values(further),
    ];
    step.flush();
    return { ...further, loss: losses.reduce(add), classifierLoss, logits: classifier.logits };
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

/**
 * The evaluation step: input `images` (0…255) [N, S, S, 3]; outputs `networkLogits` [N, K], the network's own, and
 * `logits`, which are others where a method has its own at test.
 */
export function evaluationStep(parts: Pick<ClassifierParts, 'network' | 'pixels' | 'methods'>): StepFunction {
  const method = parts.methods?.find(hasTestLogits);
  return (step, inputs) => {
    const outputs = networkOutputs(parts, step, inputs['images']);
    return { logits: method?.testLogits?.(step, outputs) ?? outputs.logits, networkLogits: outputs.logits };
  };
}

// The plain network on images of 0…255, without hooks.
function networkOutputs(
  { network, pixels }: Pick<ClassifierParts, 'network' | 'pixels'>,
  step: StepContext,
  images: tf.Tensor,
): TestOutputs {
  const maps = stageMaps(network, step, normalizeImages(images, pixels.mean, pixels.std));
  const logits = applyLinear(step, network.classifier, globalAveragePool(maps[maps.length - 1]));
  return { maps, logits };
}

function criterionOf(
  { methods = [], labelSmoothing }: ClassifierParts,
  inputs: StepInputs,
): (logits: tf.Tensor) => tf.Tensor {
  const mixing = methods.find((method) => method.criterion !== undefined);
  return (logits) =>
    mixing?.criterion?.(logits, inputs) ?? softmaxCrossEntropy(logits, inputs['labels'], { labelSmoothing });
}

function weighted(loss: tf.Tensor, weight: number): tf.Tensor {
  return weight === 1 ? loss : tf.mul(loss, weight);
}
