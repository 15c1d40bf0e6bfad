import { relu } from '@featuremine/tensor-graph';
import { convolution, FULLY_TRAINABLE, normalization, operation, sequence, type Layer } from '../layers';
import { makeNetwork, type Network } from '../network';
import { stemPooling, stemShape } from '../stem';
import type { CifarNetworkOptions } from './cifar-resnet';
import { residualStages, STEM_CHANNELS, type BlockShape } from './residual-stages';
import { residual } from './shortcut';

/**
 * ResNet-164 with pre-activation bottlenecks: three stages of 18 blocks, 64, 128 and 256 channels, and a last batch
 * norm and ReLU, which belong to the last stage. Earlier stages end in the raw sum.
 *
 * With 100 classes it has 1,726,388 parameters. Source: He et al., Identity mappings in deep residual networks, 2016.
 */
export function preactResnet164({ numClasses, stem: stemSize = 32 }: CifarNetworkOptions): Network {
  return makeNetwork({
    name: 'resnet164',
    stem: sequence([
      convolution('conv1', stemShape(STEM_CHANNELS, stemSize, 3), FULLY_TRAINABLE),
      ...stemPooling(stemSize),
    ]),
    stages: residualStages({
      names: ['layer1', 'layer2', 'layer3'],
      blocksPerStage: (164 - 2) / 9,
      stem: stemSize,
      channels: (stage) => 64 * 2 ** stage,
      block: bottleneck,
      ending: (channels) => [normalization('bn', channels, FULLY_TRAINABLE), operation(relu)],
    }),
    classifier: 'fc',
    numClasses,
  });
}

function bottleneck(name: string, { inChannels, outChannels, stride }: BlockShape): Layer {
  const width = outChannels / 4;
  const branch = sequence([
    normalization(`${name}.bn1`, inChannels, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv1`, { inChannels, outChannels: width, size: 1 }, FULLY_TRAINABLE),
    normalization(`${name}.bn2`, width, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv2`, { inChannels: width, outChannels: width, size: 3, stride }, FULLY_TRAINABLE),
    normalization(`${name}.bn3`, width, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv3`, { inChannels: width, outChannels, size: 1 }, FULLY_TRAINABLE),
  ]);
  if (inChannels === outChannels) return residual(branch);
  const projection = { inChannels, outChannels, size: 1, stride };
  return residual(branch, convolution(`${name}.downsample.0`, projection, FULLY_TRAINABLE));
}
