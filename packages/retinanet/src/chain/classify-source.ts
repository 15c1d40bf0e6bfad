import { DATASET_NAMES } from '@featuremine/backbone-pretrain';
import type { DatasetName } from '@featuremine/backbone-pretrain';
import { ConfigError } from '@featuremine/errors';

/** The smallest image side at which a detector backbone is pretrained: the last map has 3x3 cells. */
const SMALLEST_PRETRAINING_SIDE = 96;

/** What a backbone is pretrained on. */
export interface ClassifySource {
  readonly kind: DatasetName;
  /** The folder of the data; `shapes` are drawn and have none. */
  readonly folder: string | undefined;
  /** Images are resized to this side. */
  readonly imageSize: number;
}

/**
 * Parses `DATASET:DIR@SIZE`, e.g. `cifar100:data/tiny@128`, or `shapes@128`.
 *
 * @throws ConfigError for another form, an unknown data set, or a size below 96.
 */
export function parseClassifySource(text: string): ClassifySource {
  const match = /^([a-z0-9-]+)(?::(.+))?@(\d+)$/.exec(text);
  const kind = DATASET_NAMES.find((known) => known === match?.[1]);
  const needsFolder = kind !== 'shapes';
  if (!match || kind === undefined || needsFolder !== (match[2] !== undefined)) {
    throw new ConfigError({
      where: '--classify',
      found: `"${text}"`,
      expected: `DATASET:DIR@SIZE with DATASET one of ${DATASET_NAMES.join(', ')} (shapes has no DIR)`,
      fix: 'Write for example --classify cifar100:data/cifar-100-binary@128 or --classify shapes@128',
    });
  }
  const imageSize = Number(match[3]);
  if (imageSize < SMALLEST_PRETRAINING_SIDE) {
    throw new ConfigError({
      where: '--classify',
      found: `an image size of ${imageSize} px is too small`,
      expected: `at least ${SMALLEST_PRETRAINING_SIDE} px`,
      fix: 'Feature Mining cuts the last map, which is 32 times smaller than the image: use 128 or more',
    });
  }
  return { kind, folder: match[2], imageSize };
}
