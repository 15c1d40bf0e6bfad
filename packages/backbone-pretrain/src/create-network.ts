import { ConfigError, nearestName } from '@featuremine/errors';
import type { Network } from './network';
import { cifarResnet } from './networks/cifar-resnet';
import { densenetBc100x12 } from './networks/densenet';
import { preactResnet164 } from './networks/preact-resnet';
import { pyramidnet110x270 } from './networks/pyramidnet';
import { resnetClassifier } from './networks/resnet-classifier';
import { wideResnet28x10 } from './networks/wide-resnet';
import type { StemSize } from './stem';

/** What a network is built for. */
export interface NetworkOptions {
  readonly numClasses: number;
  /** Default: the stem of the network's paper, 224 for the ImageNet form and 32 for the CIFAR networks. */
  readonly stem?: StemSize | undefined;
}

const BUILDERS: Readonly<Record<string, (options: NetworkOptions) => Network>> = {
  resnet18: (options) => resnetClassifier(18, options.numClasses, options),
  resnet34: (options) => resnetClassifier(34, options.numClasses, options),
  resnet50: (options) => resnetClassifier(50, options.numClasses, options),
  resnet101: (options) => resnetClassifier(101, options.numClasses, options),
  resnet20: (options) => cifarResnet(20, options),
  resnet56: (options) => cifarResnet(56, options),
  resnet110: (options) => cifarResnet(110, options),
  resnet164: preactResnet164,
  'densenet-bc-100-12': densenetBc100x12,
  'wrn-28-10': wideResnet28x10,
  'pyramidnet-110-270': pyramidnet110x270,
};

/** Names that `--model` takes. */
export const NETWORK_NAMES: readonly string[] = Object.keys(BUILDERS);

/** Builds a network by its name; throws ConfigError with the nearest name when there is none of this name. */
export function createNetwork(name: string, options: NetworkOptions): Network {
  const build = Object.hasOwn(BUILDERS, name) ? BUILDERS[name] : undefined;
  if (build) return build(options);
  const nearest = nearestName(name, NETWORK_NAMES);
  throw new ConfigError({
    where: '--model',
    found: `no network is named ${name}`,
    expected: `one of ${NETWORK_NAMES.join(', ')}`,
    fix: nearest === undefined ? 'Choose one of these' : `Did you mean ${nearest}?`,
  });
}
