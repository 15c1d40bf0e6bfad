import { ConfigError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import {
  globalAveragePool,
  type HostTensor,
  type StepContext,
  type tf,
  type VariableSpec,
} from '@featuremine/tensor-graph';
import { applyLinear, linearVariables } from '../layers';
import { mapSide, type Network, type Stage } from '../network';
import type { MapSize, MiningBox } from './mining-box';
import { boxMining, type MinedMap, type MiningKind } from './mining-kind';

/** What is mined, and how. */
export interface FeatureMiningOptions {
  /** How many stages are mined, counted from the last; 0 is the plain network. */
  readonly stages: 0 | 1 | 2 | 3;
  /** Side of the training images in pixels. */
  readonly imageSize: number;
  /** Default `boxMining`. */
  readonly kind?: MiningKind;
  /** Gives the earlier mined stages a head for the whole map too. Default false. */
  readonly hasEarlyFullHead?: boolean;
}

/** The logits [N, K] of one head. */
export interface HeadLogits {
  readonly name: string;
  readonly logits: tf.Tensor;
}

/** A box that was drawn on the map of a stage. */
export interface MinedBox {
  readonly stage: string;
  readonly map: MapSize;
  /** In cells of the map. */
  readonly box: MiningBox;
}

/** The heads of a network in training. */
export interface FeatureMining {
  /** Variables of the heads that exist in training only, `fm.<stage>.<inside|outside|full>.<weight|bias>`. */
  readonly variables: readonly VariableSpec[];
  /** The step's inputs for a seed and a step number: one for each mined stage. */
  draw(seed: number, stepNumber: number): Record<string, HostTensor>;
  /** The boxes behind those inputs, for people: none of kinds of mining without boxes. */
  boxes(seed: number, stepNumber: number): MinedBox[];
  /** The classifier's logits first, then those of the heads; the loss is the sum of their cross-entropies. */
  heads(step: StepContext, maps: readonly tf.Tensor[], inputs: Readonly<Record<string, tf.Tensor>>): HeadLogits[];
  /** What the user should know of, e.g. maps of three cells; empty when all is well. */
  readonly warnings: readonly string[];
}

/** The smallest map side that is mined without a warning, and the smallest that is mined at all. */
const GOOD_SIDE = 4;
const LEAST_SIDE = 3;

/**
 * Feature Mining on the last stages of a network: each mined map is separated into two parts, each part is pooled and
 * classified by a head of its own, and all cross-entropies are added to the classifier's. It changes nothing in
 * inference, and its heads are not part of the weights.
 *
 * One mask serves the whole batch; each mined stage has its own. Throws ConfigError when there are not that many
 * stages, or when a map is too small to have parts.
 *
 * Source: Xie et al., Feature Mining: a novel training strategy for convolutional neural network, 2021, section 3.
 */
export function featureMining(network: Network, options: FeatureMiningOptions): FeatureMining {
  const { stages: count, imageSize, kind = boxMining, hasEarlyFullHead = false } = options;
  const mined = minedStages(network, count, imageSize);
  const last = network.stages.length - 1;
  return {
    variables: mined.flatMap(({ stage, index }) =>
      headNames(stage, hasEarlyFullHead && index < last).flatMap((name) =>
        linearVariables(name, stage.channels, network.numClasses),
      ),
    ),
    draw: (seed, stepNumber) =>
      Object.fromEntries(
        mined.map(({ stage, map }) => [inputName(stage), kind.draw(map, randomOf(stage, seed, stepNumber))]),
      ),
    boxes: (seed, stepNumber) =>
      mined.flatMap(({ stage, map }) => {
        const boxes = kind.boxes?.(map, randomOf(stage, seed, stepNumber)) ?? [];
        return boxes.map((box) => ({ stage: stage.name, map, box }));
      }),
    heads(step, maps, inputs) {
      const heads: HeadLogits[] = [];
      let classifierFeatures: tf.Tensor | undefined;
      for (const { stage, index } of mined) {
        const parts = kind.pool(maps[index], inputs[inputName(stage)]);
        if (index === last) classifierFeatures = parts.full;
        for (const name of headNames(stage, hasEarlyFullHead && index < last)) {
          const features = parts[name.slice(name.lastIndexOf('.') + 1) as keyof typeof parts];
          heads.push({ name, logits: applyLinear(step, name, features) });
        }
      }
      classifierFeatures ??= globalAveragePool(maps[last]);
      const logits = applyLinear(step, network.classifier, classifierFeatures);
      return [{ name: network.classifier, logits }, ...heads];
    },
    warnings: mined.flatMap(({ stage, map }) =>
      map.height >= GOOD_SIDE
        ? []
        : [
            `feature-mining: ${stage.name}'s map is ${map.height}x${map.width} at an image size of ${imageSize}; ` +
              `boxes of so few cells mine little, ${imageSizeFor(stage)} or more is better`,
          ],
    ),
  };
}

interface MinedStage {
  readonly stage: Stage;
  /** Its place in the network's stages. */
  readonly index: number;
  readonly map: MinedMap;
}

function minedStages(network: Network, count: number, imageSize: number): MinedStage[] {
  if (count > network.stages.length) {
    throw new ConfigError({
      where: 'feature-mining',
      found: `${count} stages`,
      expected: `at most ${network.stages.length}, which is what ${network.name} has`,
      fix: 'Pass a smaller number',
    });
  }
  const last = network.stages[network.stages.length - 1];
  const smallest = mapSide(last, imageSize);
  if (count > 0 && smallest < LEAST_SIDE) throw tooSmall(network, last, { side: smallest, imageSize });
  const first = network.stages.length - count;
  return network.stages.slice(first).map((stage, offset) => {
    const side = mapSide(stage, imageSize);
    return { stage, index: first + offset, map: { height: side, width: side, channels: stage.channels } };
  });
}

function tooSmall(
  network: Network,
  stage: Stage,
  { side, imageSize }: { side: number; imageSize: number },
): ConfigError {
  return new ConfigError({
    where: `feature-mining, ${stage.name} of ${network.name}`,
    found: `its map is ${side}x${side} at an image size of ${imageSize}`,
    expected: `at least ${LEAST_SIDE}x${LEAST_SIDE}, better ${GOOD_SIDE}x${GOOD_SIDE}, so that a box and the rest both hold something`,
    fix: `Pass --image-size ${imageSizeFor(stage)} (smaller images are resized), or --set stem=32, or --feature-mining 0`,
  });
}

/** The image side that gives a stage a map of GOOD_SIDE cells. */
function imageSizeFor(stage: Stage): number {
  return GOOD_SIDE * 2 ** stage.halvings;
}

function headNames(stage: Stage, hasFullHead: boolean): string[] {
  const parts = hasFullHead ? ['inside', 'outside', 'full'] : ['inside', 'outside'];
  return parts.map((part) => `fm.${stage.name}.${part}`);
}

function randomOf(stage: Stage, seed: number, stepNumber: number): Random {
  return Random.of(seed, 'feature-mining', stage.name, stepNumber);
}

function inputName(stage: Stage): string {
  return `mining.${stage.name}`;
}
