import { add, relu } from '@featuremine/tensor-graph';
import { convolution, FULLY_TRAINABLE, normalization, operation, sequence, type Layer } from '../layers';
import { makeNetwork, type Network } from '../network';
import { stemPooling, stemShape } from '../stem';
import type { CifarNetworkOptions } from './cifar-resnet';
import { residualStages, STEM_CHANNELS, type BlockShape } from './residual-stages';

/**
 * WRN-28-10: three stages of four pre-activation basic blocks with 160, 320 and 640 channels; a last batch norm and
 * ReLU, which belong to the last stage. Where channels change, the 1x1 shortcut takes the normalised input.
 *
 * With 100 classes it has 36,536,884 parameters. Source: Zagoruyko and Komodakis, Wide residual networks, 2016.
 */
export function wideResnet28x10({ numClasses, stem: stemSize = 32 }: CifarNetworkOptions): Network {
  return makeNetwork({
    name: 'wrn-28-10',
    stem: sequence([
      convolution('conv1', stemShape(STEM_CHANNELS, stemSize, 3), FULLY_TRAINABLE),
      ...stemPooling(stemSize),
    ]),
    stages: residualStages({
      names: ['block1', 'block2', 'block3'],
      separator: '.layer.',
      blocksPerStage: (28 - 4) / 6,
      stem: stemSize,
      channels: (stage) => 160 * 2 ** stage,
      block: wideBlock,
      ending: (channels) => [normalization('bn1', channels, FULLY_TRAINABLE), operation(relu)],
    }),
    classifier: 'fc',
    numClasses,
  });
}

function wideBlock(name: string, { inChannels, outChannels, stride }: BlockShape): Layer {
  const activation = sequence([normalization(`${name}.bn1`, inChannels, FULLY_TRAINABLE), operation(relu)]);
  const branch = sequence([
    convolution(`${name}.conv1`, { inChannels, outChannels, size: 3, stride }, FULLY_TRAINABLE),
    normalization(`${name}.bn2`, outChannels, FULLY_TRAINABLE),
    operation(relu),
    convolution(`${name}.conv2`, { inChannels: outChannels, outChannels, size: 3 }, FULLY_TRAINABLE),
  ]);
  const projection = { inChannels, outChannels, size: 1, stride };
  const shortcut =
    inChannels === outChannels ? undefined : convolution(`${name}.convShortcut`, projection, FULLY_TRAINABLE);
  return {
    variables: [...activation.variables, ...branch.variables, ...(shortcut?.variables ?? [])],
    apply: (step, x) => {
      const active = activation.apply(step, x);
      return add(branch.apply(step, active), shortcut ? shortcut.apply(step, active) : x);
    },
  };
}
