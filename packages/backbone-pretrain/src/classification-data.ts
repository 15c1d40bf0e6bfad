import { ConfigError } from '@featuremine/errors';
import {
  openCifar10,
  openCifar100,
  openImageFolder,
  openShapesClassification,
  type ClassificationDataset,
  type ClassificationTransform,
} from '@featuremine/vision-data';
import type { DatasetName } from './training-options';

/** What data is opened. */
export interface DataOptions {
  readonly dataset: DatasetName;
  readonly data?: string | undefined;
  /** Side of the network's input in pixels; default the data set's. */
  readonly imageSize?: number | undefined;
  readonly shapes: {
    readonly train: number;
    readonly test: number;
    readonly seed: number;
    readonly classes?: readonly string[] | undefined;
  };
  readonly augment: 'standard' | 'none';
}

/** One part of a data set, with how its images become inputs. */
export interface ClassificationData {
  readonly dataset: ClassificationDataset;
  readonly imageSize: number;
  readonly transform: ClassificationTransform;
}

/** The side of a data set's images; of folders, the usual side for photographs. */
const DEFAULT_SIZES: Readonly<Record<DatasetName, number>> = { folder: 224, cifar10: 32, cifar100: 32, shapes: 64 };

/** Opens the training part, with random crops and flips unless `augment` is `none`. Errors as `openTestData`. */
export function openTrainingData(options: DataOptions): ClassificationData {
  const data = open(options, 'train');
  if (options.augment === 'none') return data;
  const crop =
    options.dataset === 'folder' ? { kind: 'random-resized' as const } : { kind: 'pad' as const, padding: 4 };
  return { ...data, transform: { crop, isFlipped: true } };
}

/**
 * Opens the held-out part: test_batch.bin, test.bin, the folder val or else test, or shapes of another stream.
 *
 * Throws ConfigError when the folder is not given, DatasetError when it does not hold such a data set.
 */
export function openTestData(options: DataOptions): ClassificationData {
  return open(options, 'test');
}

function open(options: DataOptions, split: 'train' | 'test'): ClassificationData {
  const imageSize = options.imageSize ?? DEFAULT_SIZES[options.dataset];
  return {
    dataset: openDataset(options, split, imageSize),
    imageSize,
    transform: { crop: { kind: options.dataset === 'folder' ? 'centre' : 'stretch' } },
  };
}

function openDataset(options: DataOptions, split: 'train' | 'test', imageSize: number): ClassificationDataset {
  const { dataset, data, shapes } = options;
  if (dataset === 'shapes') {
    const { seed, classes } = shapes;
    const classNames = classes === undefined ? {} : { classNames: classes };
    return openShapesClassification({ seed, split, count: shapes[split], imageSize, ...classNames });
  }
  if (data === undefined) {
    const expected = `the folder of a ${dataset} data set`;
    throw new ConfigError({ where: '--data', found: 'missing', expected, fix: 'Add --data DIR' });
  }
  switch (dataset) {
    case 'cifar10':
      return openCifar10({ folder: data, split });
    case 'cifar100':
      return openCifar100({ folder: data, split });
    case 'folder':
      return openImageFolder({ folder: data, split });
  }
}
