import { relu, type StepContext, type tf, type VariableSpec } from '@featuremine/tensor-graph';
import { ConfigError } from '@featuremine/errors';
import {
  normalizedConvolution,
  operation,
  sequence,
  type ConvolutionShape,
  type Layer,
  type Trainability,
} from '../layers';
import { stemPooling, stemShape, type StemSize } from '../stem';
import { residualThenRelu } from './shortcut';

/** Depths of the ImageNet form of ResNet that can be built. */
export type ResNetDepth = keyof typeof PLANS;

/** How a ResNet is built; the defaults give torchvision's classifier trunk with everything trained. */
export interface ResNetOptions {
  /** Put before each variable's name, e.g. `backbone.body.`. */
  readonly prefix?: string;
  /**
   * How many of layer4, layer3, layer2, layer1, conv1 (in this order) are trained, 0-5, as torchvision's
   * `trainable_backbone_layers`: 3 leaves conv1, bn1 and layer1 as they are loaded. Default 5.
   */
  readonly trainableStages?: number;
  /** `frozen`: batch norms are constants (torchvision's FrozenBatchNorm2d). Default `batch`. */
  readonly norm?: 'batch' | 'frozen';
  /** 224: 7x7 stride 2 and max pooling; 64: without the pooling; 32: 3x3 stride 1, no pooling. Default 224. */
  readonly stem?: StemSize | undefined;
}

/** The feature maps of one batch, [N, H/s, W/s, C] with strides s of 4, 8, 16 and 32 (for the 224 stem). */
export interface ResNetMaps {
  readonly c2: tf.Tensor;
  readonly c3: tf.Tensor;
  readonly c4: tf.Tensor;
  readonly c5: tf.Tensor;
}

/** A ResNet without its classifier. */
export interface ResNetBackbone {
  readonly variables: readonly VariableSpec[];
  /** Channels of c2, c3, c4, c5. */
  readonly channels: { readonly c2: number; readonly c3: number; readonly c4: number; readonly c5: number };
  /** conv1 to the input of layer1, then layer1 … layer4. */
  readonly stem: Layer;
  readonly layers: readonly Layer[];
  /** Runs the trunk on normalised images [N, H, W, 3]. */
  forward(step: StepContext, images: tf.Tensor): ResNetMaps;
}

/**
 * The trunk of torchvision's resnet18/34/50/101: same names, same shapes (filters as [h, w, in, out]), stride on the
 * 3x3 convolution of a bottleneck, Kaiming normal (fan out) filters, batch norms started at 1 and 0.
 *
 * Throws ConfigError when `trainableStages` is out of range.
 *
 * Source: He et al., Deep residual learning, 2015; torchvision `models/resnet.py`.
 */
export function resnet(depth: ResNetDepth, options: ResNetOptions = {}): ResNetBackbone {
  const { prefix = '', trainableStages = 5, norm = 'batch', stem: stemSize = 224 } = options;
  const { blocks, isBottleneck } = PLANS[depth];
  const hasFrozenNorm = norm === 'frozen';
  checkTrainableStages(trainableStages);
  const stem = stemLayer(prefix, stemSize, { isTrainable: trainableStages === 5, hasFrozenNorm });
  const expansion = isBottleneck ? 4 : 1;
  let inChannels = 64;
  const layers = blocks.map((count, index) => {
    const width = 64 * 2 ** index;
    const trainability = { isTrainable: trainableStages >= 4 - index, hasFrozenNorm };
    const stage = Array.from({ length: count }, (_, block) => {
      const shape = {
        inChannels: block === 0 ? inChannels : width * expansion,
        width,
        outChannels: width * expansion,
        stride: block === 0 && index > 0 ? 2 : 1,
      };
      const name = `${prefix}layer${index + 1}.${block}`;
      return isBottleneck ? bottleneckBlock(name, shape, trainability) : basicBlock(name, shape, trainability);
    });
    inChannels = width * expansion;
    return sequence(stage);
  });
  const [c2, c3, c4, c5] = [64, 128, 256, 512].map((width) => width * expansion) as [number, number, number, number];
  return {
    variables: [stem, ...layers].flatMap((layer) => layer.variables),
    channels: { c2, c3, c4, c5 },
    stem,
    layers,
    forward(step, images) {
      const maps: tf.Tensor[] = [];
      let x = stem.apply(step, images);
      for (const layer of layers) {
        x = layer.apply(step, x);
        maps.push(x);
      }
      const [m2, m3, m4, m5] = maps as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      return { c2: m2, c3: m3, c4: m4, c5: m5 };
    },
  };
}

const PLANS = {
  18: { blocks: [2, 2, 2, 2], isBottleneck: false },
  34: { blocks: [3, 4, 6, 3], isBottleneck: false },
  50: { blocks: [3, 4, 6, 3], isBottleneck: true },
  101: { blocks: [3, 4, 23, 3], isBottleneck: true },
} satisfies Record<number, { blocks: readonly number[]; isBottleneck: boolean }>;

interface BlockShape {
  readonly inChannels: number;
  readonly width: number;
  readonly outChannels: number;
  readonly stride: number;
}

function checkTrainableStages(count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= 5) return;
  throw new ConfigError({
    where: 'trainableStages',
    found: `${count}`,
    expected: 'a whole number from 0 (all frozen) to 5 (all trained)',
    fix: 'Pass 3 to leave conv1 and layer1 as they were loaded',
  });
}

function stemLayer(prefix: string, size: StemSize, trainability: Trainability): Layer {
  return sequence([
    normalizedConvolution(
      { convolution: `${prefix}conv1`, norm: `${prefix}bn1` },
      stemShape(64, size, 7),
      trainability,
    ),
    operation(relu),
    ...stemPooling(size),
  ]);
}

// Two 3x3 convolutions and a shortcut; the ReLU comes after the sum.
function basicBlock(name: string, shape: BlockShape, trainability: Trainability): Layer {
  const { inChannels, outChannels, stride } = shape;
  const branch = sequence([
    numbered(name, 1, { inChannels, outChannels, size: 3, stride }, trainability),
    operation(relu),
    numbered(name, 2, { inChannels: outChannels, outChannels, size: 3 }, trainability),
  ]);
  return residualThenRelu(branch, projection(name, shape, trainability));
}

function bottleneckBlock(name: string, shape: BlockShape, trainability: Trainability): Layer {
  const { inChannels, width, outChannels, stride } = shape;
  const branch = sequence([
    numbered(name, 1, { inChannels, outChannels: width, size: 1 }, trainability),
    operation(relu),
    numbered(name, 2, { inChannels: width, outChannels: width, size: 3, stride }, trainability),
    operation(relu),
    numbered(name, 3, { inChannels: width, outChannels, size: 1 }, trainability),
  ]);
  return residualThenRelu(branch, projection(name, shape, trainability));
}

// The 1x1 convolution on the shortcut, where the shape changes.
function projection(name: string, shape: BlockShape, trainability: Trainability): Layer | undefined {
  const { inChannels, outChannels, stride } = shape;
  if (stride === 1 && inChannels === outChannels) return undefined;
  const names = { convolution: `${name}.downsample.0`, norm: `${name}.downsample.1` };
  return normalizedConvolution(names, { inChannels, outChannels, size: 1, stride }, trainability);
}

// The convolution and batch norm with this number, e.g. conv2 and bn2.
function numbered(name: string, number: number, shape: ConvolutionShape, trainability: Trainability): Layer {
  return normalizedConvolution(
    { convolution: `${name}.conv${number}`, norm: `${name}.bn${number}` },
    shape,
    trainability,
  );
}
