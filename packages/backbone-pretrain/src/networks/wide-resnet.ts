import { add, relu } from '@featuremine/tensor-graph';
import { convolution, FULLY_TRAINABLE, normalization, operation, sequence, type Layer } from '../layers';
import { makeNetwork, type Network } from '../network';
import { STEM_HALVINGS, stemPooling, stemShape } from '../stem';
import type { CifarNetworkOptions } from './cifar-resnet';

/**
 * WRN-28-10: three stages of four pre-activation basic blocks with 160, 320 and 640 channels; a last batch norm and
 * ReLU, which belong to the last stage. Where channels change, the 1x1 shortcut takes the normalised input.
 *
 * With 100 classes it has 36,536,884 parameters. Source: Zagoruyko and Komodakis, Wide residual networks, 2016.
 */
export function wideResnet28x10({ numClasses, stem: stemSize = 32 }: CifarNetworkOptions): Network {
  const blocks = (28 - 4) / 6;
  let inChannels = 16;
  const stages = [160, 320, 640].map((channels, index) => {
    const name = `block${index + 1}`;
    const layers = Array.from({ length: blocks }, (_, block) => {
      const stride = block === 0 && index > 0 ? 2 : 1;
      const layer = wideBlock(`${name}.layer.${block}`, { inChannels, outChannels: channels, stride });
      inChannels = channels;
      return layer;
    });
    const ending = index < 2 ? [] : [normalization('bn1', channels, FULLY_TRAINABLE), operation(relu)];
    return { name, layer: sequence([...layers, ...ending]), channels, halvings: STEM_HALVINGS[stemSize] + index };
  });
  return makeNetwork({
    name: 'wrn-28-10',
    stem: sequence([convolution('conv1', stemShape(16, stemSize, 3), FULLY_TRAINABLE), ...stemPooling(stemSize)]),
    stages,
    classifier: 'fc',
    numClasses,
  });
}

interface BlockShape {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
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
