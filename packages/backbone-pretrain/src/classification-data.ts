import { ConfigError } from '@featuremine/errors';
import {
  openShapesClassification,
  type ClassificationDataset,
  type ClassificationTransform,
  type PackedDataset,
} from '@featuremine/vision-data';
import { DATASET_KINDS, datasetKind, type DatasetKind, type DatasetName } from './dataset-kinds';

/** What data is opened. */
export interface DataOptions {
  readonly dataset: DatasetName;
  readonly data?: string | undefined;
  /** Whether images of CUB-200-2011 are cropped to their boxes. */
  readonly cropToBox: boolean;
  /** Side of the network's input in pixels; default the data set's. */
  readonly imageSize?: number | undefined;
  readonly shapes: {
    readonly train: number;
    readonly test: number;
    readonly seed: number;
    readonly classes?: readonly string[] | undefined;
  };
  readonly augment: 'standard' | 'none';
  /** Places of the shuffle buffer of packed records. */
  readonly shuffleBuffer: number;
}

/** One part of a data set, with how its images become inputs. */
export interface ClassificationData {
  readonly dataset: ClassificationDataset;
  readonly imageSize: number;
  readonly transform: ClassificationTransform;
}

/** Opens the training part, with random crops and flips unless `augment` is `none`. Errors as `openTestData`. */
export function openTrainingData(options: DataOptions): ClassificationData {
  const data = open(options, 'train');
  if (options.augment === 'none') return data;
  return { ...data, transform: { crop: kindOf(options, data.dataset).trainCrop, isFlipped: true } };
}

/**
 * Opens the held-out part: test_batch.bin, test.bin, the folder val or else test, the part that a data set says is for
 * test, or shapes of another stream.
 *
 * Throws ConfigError when the folder is not given, DatasetError when it does not hold such a data set.
 */
export function openTestData(options: DataOptions): ClassificationData {
  return open(options, 'test');
}

function open(options: DataOptions, split: 'train' | 'test'): ClassificationData {
  const dataset = openDataset(options, split);
  const kind = kindOf(options, dataset);
  return { dataset, imageSize: options.imageSize ?? kind.imageSize, transform: { crop: kind.testCrop } };
}

// Of packed records, the kind of the data set that was packed.
function kindOf(options: DataOptions, dataset: ClassificationDataset & Partial<PackedDataset>): DatasetKind {
  return datasetKind(dataset.kind ?? options.dataset);
}

function openDataset(options: DataOptions, split: 'train' | 'test'): ClassificationDataset {
  const { dataset, data: folder, shapes, cropToBox, shuffleBuffer } = options;
  const { imageSize, open } = DATASET_KINDS[dataset];
  if (open === undefined) {
    const { seed, classes: classNames, [split]: count } = shapes;
    return openShapesClassification({
      seed,
      split,
      count,
      imageSize: options.imageSize ?? imageSize,
      ...(classNames && { classNames }),
    });
  }
  if (folder === undefined) {
    const expected = `the folder of a ${dataset} data set`;
    throw new ConfigError({ where: '--data', found: 'missing', expected, fix: 'Add --data DIR' });
  }
  return open({ folder, split, cropToBox, shuffleBuffer });
}
