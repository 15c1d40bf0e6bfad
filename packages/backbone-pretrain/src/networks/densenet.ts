import { averagePool2d, relu, tf } from '@featuremine/tensor-graph';
import { convolution, FULLY_TRAINABLE, normalization, operation, sequence, type Layer } from '../layers';
import { makeNetwork, type Network } from '../network';
import { STEM_HALVINGS, stemPooling, stemShape } from '../stem';
import type { CifarNetworkOptions } from './cifar-resnet';

const GROWTH = 12;
const LAYERS_PER_BLOCK = (100 - 4) / 6;

/**
 * DenseNet-BC with 100 layers and growth 12: three dense blocks of 16 layers with bottlenecks of 48 channels, and
 * transitions that halve channels and size. A transition belongs to the stage that it leads into.
 *
 * With 100 classes it has 800,032 parameters. Source: Huang et al., Densely connected convolutional networks, 2016.
 */
export function densenetBc100x12({ numClasses, stem: stemSize = 32 }: CifarNetworkOptions): Network {
  let channels = 2 * GROWTH;
  const stages = [1, 2, 3].map((number) => {
    const layers: Layer[] = [];
    if (number > 1) {
      const outChannels = Math.floor(channels / 2);
      layers.push(transition(`trans${number - 1}`, channels, outChannels));
      channels = outChannels;
    }
    for (let index = 0; index < LAYERS_PER_BLOCK; index++) {
      layers.push(denseLayer(`dense${number}.${index}`, channels));
      channels += GROWTH;
    }
    if (number === 3) layers.push(normalization('bn', channels, FULLY_TRAINABLE), operation(relu));
    const halvings = STEM_HALVINGS[stemSize] + number - 1;
    return { name: `dense${number}`, layer: sequence(layers), channels, halvings };
  });
  return makeNetwork({
    name: 'densenet-bc-100-12',
    stem: sequence([
      convolution('conv1', stemShape(2 * GROWTH, stemSize, 3), FULLY_TRAINABLE),
      ...stemPooling(stemSize),
    ]),
    stages,
    classifier: 'fc',
    numClasses,
  });
}

// Adds GROWTH channels behind those of its input.
function denseLayer(name: string, inChannels: number): Layer {
  const width = 4 * GROWTH;
  const added = sequence([
    normalization(`${name}.bn1`, inChannels, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv1`, { inChannels, outChannels: width, size: 1 }, FULLY_TRAINABLE),
    normalization(`${name}.bn2`, width, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv2`, { inChannels: width, outChannels: GROWTH, size: 3 }, FULLY_TRAINABLE),
  ]);
  return { variables: added.variables, apply: (step, x) => tf.concat([x, added.apply(step, x)], 3) };
}

function transition(name: string, inChannels: number, outChannels: number): Layer {
  return sequence([
    normalization(`${name}.bn1`, inChannels, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv1`, { inChannels, outChannels, size: 1 }, FULLY_TRAINABLE),
    operation((x) => averagePool2d(x, { size: 2, stride: 2 })),
  ]);
}
