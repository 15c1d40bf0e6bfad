import { ConfigError } from '@featuremine/errors';
import { float32Scope, globalAveragePool, relu, tf, type StepContext } from '@featuremine/tensor-graph';
import {
  applyLinear,
  FULLY_TRAINABLE,
  linearVariables,
  normalizedConvolution,
  operation,
  sequence,
  type ConvolutionShape,
  type Layer,
} from '../layers';
import { mapSide, type Network, type Stage } from '../network';
import { softenedDivergence } from './softened-divergence';
import { stopGradient } from './stop-gradient';
import type { TrainingMethod } from './training-method';

/** How strongly the last exit teaches the others; the defaults are those of `trainSchema`. */
export interface ByotOptions {
  /** Side of the images in pixels. */
  readonly imageSize: number;
  /** α: cross-entropies count 1 − α, the teacher's softened outputs α. */
  readonly alpha: number;
  readonly temperature: number;
  /** β, of the squared distances between feature maps, summed over all their values. */
  readonly featureWeight: number;
}

/**
 * Be Your Own Teacher: each stage but the last gets an exit (a bottleneck that makes a map of the last one's shape,
 * pooling, a fully connected layer), and the last stage teaches them all:
 * (1 − α) · Σ cross-entropies of all exits + α · Σ T² KL to the last exit + β · Σ squared distance to the last map.
 * At test the mean of all exits' logits counts.
 *
 * An exit's bottleneck is 1x1 to a quarter of the last stage's channels, k x k with stride k, 1x1 to all channels, each
 * with batch norm and ReLU. Throws ConfigError when the maps' sides are not such multiples.
 *
 * Source: Zhang et al., Be your own teacher, 2019, in the form of the code `luanyunteng/pytorch-be-your-own-teacher`;
 * the authors published no hyper-parameters.
 */
export function byot(network: Network, options: ByotOptions): TrainingMethod {
  const { alpha, temperature, featureWeight } = options;
  const last = network.stages.length - 1;
  const exits = network.stages.slice(0, last).map((stage) => makeExit(network, stage, options.imageSize));
  return {
    variables: exits.flatMap(({ variables }) => variables),
    draw: () => ({}),
    classifierWeight: 1 - alpha,
    losses({ step, maps, logits, crossEntropy }) {
      const target = stopGradient(maps[last]);
      const terms = exits.map((exit, index) => {
        const { map, logits: own } = exit.apply(step, maps[index]);
        return {
          hard: crossEntropy(own),
          soft: softenedDivergence(own, logits, temperature),
          // Outside of float32 a sum of so many values would stop early.
          feature: float32Scope(() => tf.sum(tf.square(tf.sub(map, target)))),
        };
      });
      return {
        byotExits: tf.mul(tf.addN(terms.map(({ hard }) => hard)), 1 - alpha),
        byotDivergence: tf.mul(tf.addN(terms.map(({ soft }) => soft)), alpha),
        byotFeatures: tf.mul(tf.addN(terms.map(({ feature }) => feature)), featureWeight),
      };
    },
    testLogits(step, { maps, logits }) {
      const all = [logits, ...exits.map((exit, index) => exit.apply(step, maps[index]).logits)];
      return tf.mul(tf.addN(all), 1 / all.length);
    },
  };
}

interface Exit extends Pick<Layer, 'variables'> {
  apply(step: StepContext, map: tf.Tensor): { readonly map: tf.Tensor; readonly logits: tf.Tensor };
}

function makeExit(network: Network, stage: Stage, imageSize: number): Exit {
  const last = network.stages[network.stages.length - 1];
  const factor = 2 ** (last.halvings - stage.halvings);
  const [side, lastSide] = [mapSide(stage, imageSize), mapSide(last, imageSize)];
  if (side !== factor * lastSide) {
    throw new ConfigError({
      where: `byot, ${stage.name} of ${network.name}`,
      found: `its map is ${side}x${side} at an image size of ${imageSize}, the last one's ${lastSide}x${lastSide}`,
      expected: `${factor} times the side of the last one's`,
      fix: `Pass an --image-size that is a multiple of ${2 ** last.halvings}`,
    });
  }
  const name = `byot.${stage.name}`;
  const width = last.channels / 4;
  const part = (label: string, shape: ConvolutionShape): Layer[] => [
    normalizedConvolution({ convolution: `${name}.${label}`, norm: `${name}.${label}_bn` }, shape, FULLY_TRAINABLE),
    operation(relu),
  ];
  const bottleneck = sequence([
    ...part('reduce', { inChannels: stage.channels, outChannels: width, size: 1 }),
    ...part('shrink', { inChannels: width, outChannels: width, size: factor, stride: factor, padding: 0 }),
    ...part('expand', { inChannels: width, outChannels: last.channels, size: 1 }),
  ]);
  return {
    variables: [...bottleneck.variables, ...linearVariables(`${name}.fc`, last.channels, network.numClasses)],
    apply(step, x) {
      const map = bottleneck.apply(step, x);
      return { map, logits: applyLinear(step, `${name}.fc`, globalAveragePool(map)) };
    },
  };
}
