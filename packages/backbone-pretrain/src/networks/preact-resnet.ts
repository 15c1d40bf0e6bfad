import { relu } from '@featuremine/tensor-graph';
import { convolution, FULLY_TRAINABLE, normalization, operation, sequence, type Layer } from '../layers';
import { makeNetwork, type Network } from '../network';
import { STEM_HALVINGS, stemPooling, stemShape } from '../stem';
import type { CifarNetworkOptions } from './cifar-resnet';
import { residual } from './shortcut';

/**
 * ResNet-164 with pre-activation bottlenecks: three stages of 18 blocks, 64, 128 and 256 channels, and a last batch
 * norm and ReLU, which belong to the last stage. Earlier stages end in the raw sum.
 *
 * With 100 classes it has 1,726,388 parameters. Source: He et al., Identity mappings in deep residual networks, 2016.
 */
export function preactResnet164({ numClasses, stem: stemSize = 32 }: CifarNetworkOptions): Network {
  const blocks = (164 - 2) / 9;
  let inChannels = 16;
  const stages = [16, 32, 64].map((width, index) => {
    const name = `layer${index + 1}`;
    const layers = Array.from({ length: blocks }, (_, block) => {
      const stride = block === 0 && index > 0 ? 2 : 1;
      const layer = bottleneck(`${name}.${block}`, { inChannels, width, stride });
      inChannels = 4 * width;
      return layer;
    });
    const ending = index < 2 ? [] : [normalization('bn', inChannels, FULLY_TRAINABLE), operation(relu)];
    const halvings = STEM_HALVINGS[stemSize] + index;
    return { name, layer: sequence([...layers, ...ending]), channels: inChannels, halvings };
  });
  return makeNetwork({
    name: 'resnet164',
    stem: sequence([convolution('conv1', stemShape(16, stemSize, 3), FULLY_TRAINABLE), ...stemPooling(stemSize)]),
    stages,
    classifier: 'fc',
    numClasses,
  });
}

interface BlockShape {
  readonly inChannels: number;
  readonly width: number;
  readonly stride: number;
}

function bottleneck(name: string, { inChannels, width, stride }: BlockShape): Layer {
  const outChannels = 4 * width;
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
