import { relu } from '@featuremine/tensor-graph';
import {
  FULLY_TRAINABLE,
  normalizedConvolution,
  operation,
  sequence,
  type ConvolutionShape,
  type Layer,
} from '../layers';
import { makeNetwork, type Network } from '../network';
import { stemPooling, stemShape, type StemSize } from '../stem';
import { residualStages, STEM_CHANNELS, type BlockShape } from './residual-stages';
import { everySecondPixel, padChannels, residualThenRelu } from './shortcut';

/** Size and classes of a CIFAR network. */
export interface CifarNetworkOptions {
  readonly numClasses: number;
  /** Default 32. */
  readonly stem?: StemSize | undefined;
}

/**
 * ResNet-20, -56 or -110 for small images: three stages of (depth − 2) / 6 basic blocks with 16, 32 and 64 channels;
 * where the shape changes, the shortcut takes every second pixel and pads the channels with zeros (option A).
 *
 * With 100 classes ResNet-56 has 858,868 parameters. Source: He et al., Deep residual learning, 2015, section 4.2.
 */
export function cifarResnet(depth: 20 | 56 | 110, options: CifarNetworkOptions): Network {
  const { numClasses, stem: stemSize = 32 } = options;
  return makeNetwork({
    name: `resnet${depth}`,
    stem: sequence([
      normalizedConvolution(
        { convolution: 'conv1', norm: 'bn1' },
        stemShape(STEM_CHANNELS, stemSize, 3),
        FULLY_TRAINABLE,
      ),
      operation(relu),
      ...stemPooling(stemSize),
    ]),
    stages: residualStages({
      names: ['layer1', 'layer2', 'layer3'],
      blocksPerStage: (depth - 2) / 6,
      stem: stemSize,
      channels: (stage) => 16 * 2 ** stage,
      block: basicBlock,
    }),
    classifier: 'fc',
    numClasses,
  });
}

function basicBlock(name: string, { inChannels, outChannels, stride }: BlockShape): Layer {
  const branch = sequence([
    numbered(name, 1, { inChannels, outChannels, size: 3, stride }),
    operation(relu),
    numbered(name, 2, { inChannels: outChannels, outChannels, size: 3 }),
  ]);
  const added = (outChannels - inChannels) / 2;
  const shortcut = operation((x) => padChannels(everySecondPixel(x), added, added));
  return residualThenRelu(branch, stride === 1 ? undefined : shortcut);
}

function numbered(name: string, number: number, shape: ConvolutionShape): Layer {
  const names = { convolution: `${name}.conv${number}`, norm: `${name}.bn${number}` };
  return normalizedConvolution(names, shape, FULLY_TRAINABLE);
}
