import { makeNetwork, type Network } from '../network';
import { STEM_HALVINGS } from '../stem';
import { resnet, type ResNetDepth, type ResNetOptions } from './resnet';

/** torchvision's resnet18/34/50/101 as a classifier: the trunk and `fc`; its stages are layer1 … layer4. */
export function resnetClassifier(depth: ResNetDepth, numClasses: number, options: ResNetOptions = {}): Network {
  const { prefix = '', stem: stemSize = 224 } = options;
  const trunk = resnet(depth, options);
  const channels = Object.values(trunk.channels);
  return makeNetwork({
    name: `resnet${depth}`,
    stem: trunk.stem,
    stages: trunk.layers.map((layer, index) => ({
      name: `layer${index + 1}`,
      layer,
      channels: channels[index],
      halvings: STEM_HALVINGS[stemSize] + index,
    })),
    classifier: `${prefix}fc`,
    numClasses,
  });
}
