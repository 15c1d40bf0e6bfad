import type { StepContext, tf, VariableSpec } from '@featuremine/tensor-graph';
import { linearVariables, type Layer } from './layers';

/** A part of a network that ends in a feature map which can be pooled, mined or dropped. */
export interface Stage {
  /** Name in flags, inputs and heads, e.g. `layer4`. */
  readonly name: string;
  readonly layer: Layer;
  /** Channels of its output. */
  readonly channels: number;
  /** Its output is 2^halvings times smaller than the image, each halving rounded up. */
  readonly halvings: number;
}

/** A classifier: stem, stages, global average pooling and one fully connected layer. */
export interface Network {
  readonly name: string;
  readonly stem: Layer;
  /** From the first to the last; the last one's output is what the classifier pools. */
  readonly stages: readonly Stage[];
  /** Name of the fully connected layer; its variables are `<classifier>.weight` and `.bias`. */
  readonly classifier: string;
  readonly numClasses: number;
  /** All variables, the classifier's included. */
  readonly variables: readonly VariableSpec[];
}

/** Puts a network together and adds the classifier's variables. */
export function makeNetwork(parts: Omit<Network, 'variables'>): Network {
  const { stem, stages, classifier, numClasses } = parts;
  const features = stages[stages.length - 1].channels;
  return {
    ...parts,
    variables: [
      ...stem.variables,
      ...stages.flatMap((stage) => stage.layer.variables),
      ...linearVariables(classifier, features, numClasses),
    ],
  };
}

/** Changes the output of stage `index` before the next stage sees it, e.g. a dropout. */
export type StageHook = (map: tf.Tensor, index: number) => tf.Tensor;

/** The outputs of all stages on normalised images [N, H, W, 3], first to last. */
export function stageMaps(network: Network, step: StepContext, images: tf.Tensor, hook?: StageHook): tf.Tensor[] {
  const maps: tf.Tensor[] = [];
  let x = network.stem.apply(step, images);
  network.stages.forEach((stage, index) => {
    x = stage.layer.apply(step, x);
    if (hook) x = hook(x, index);
    maps.push(x);
  });
  return maps;
}

/** Side of a stage's map in cells for an image side in pixels. */
export function mapSide(stage: Stage, imageSide: number): number {
  let side = imageSide;
  for (let i = 0; i < stage.halvings; i++) side = Math.ceil(side / 2);
  return side;
}
