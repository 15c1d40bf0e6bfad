import { averagePool2d, relu } from '@featuremine/tensor-graph';
import { convolution, FULLY_TRAINABLE, normalization, operation, sequence, type Layer } from '../layers';
import { makeNetwork, type Network } from '../network';
import { stemPooling, stemShape } from '../stem';
import type { CifarNetworkOptions } from './cifar-resnet';
import { residualStages, STEM_CHANNELS, type BlockShape } from './residual-stages';
import { padChannels, residual } from './shortcut';

const BLOCKS = (110 - 2) / 6;
const CHANNELS_PER_BLOCK = 270 / (3 * BLOCKS);

/**
 * PyramidNet-110 with alpha 270: three stages of 18 basic blocks, each with 5 channels more than the one before, from
 * 16 to 286; shortcuts pool where the size changes and pad the channels with zeros.
 *
 * With 100 classes it has 28,511,307 parameters. Source: Han et al., Deep pyramidal residual networks, 2016.
 */
export function pyramidnet110x270({ numClasses, stem: stemSize = 32 }: CifarNetworkOptions): Network {
  return makeNetwork({
    name: 'pyramidnet-110-270',
    stem: sequence([
      convolution('conv1', stemShape(STEM_CHANNELS, stemSize, 3), FULLY_TRAINABLE),
      normalization('bn1', STEM_CHANNELS, FULLY_TRAINABLE),
      ...stemPooling(stemSize),
    ]),
    stages: residualStages({
      names: ['layer1', 'layer2', 'layer3'],
      blocksPerStage: BLOCKS,
      stem: stemSize,
      channels: (stage, block) => STEM_CHANNELS + CHANNELS_PER_BLOCK * (stage * BLOCKS + block + 1),
      block: pyramidBlock,
      ending: (channels) => [normalization('bn_final', channels, FULLY_TRAINABLE), operation(relu)],
    }),
    classifier: 'fc',
    numClasses,
  });
}

// Batch norm first and last, one ReLU between the convolutions, none after the sum.
function pyramidBlock(name: string, { inChannels, outChannels, stride }: BlockShape): Layer {
  const branch = sequence([
    normalization(`${name}.bn1`, inChannels, FULLY_TRAINABLE),
    convolution(`${name}.conv1`, { inChannels, outChannels, size: 3, stride }, FULLY_TRAINABLE),
    normalization(`${name}.bn2`, outChannels, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv2`, { inChannels: outChannels, outChannels, size: 3 }, FULLY_TRAINABLE),
    normalization(`${name}.bn3`, outChannels, FULLY_TRAINABLE),
  ]);
  const shortcut = operation((x) => {
    const sized = stride === 1 ? x : averagePool2d(x, { size: 2, stride: 2 });
    return padChannels(sized, 0, outChannels - inChannels);
  });
  return residual(branch, shortcut);
}
