import type { ClassificationCrop } from '@featuremine/vision-data';

/** How the images of a kind of data set become inputs, where the options do not say otherwise. */
export interface DatasetKind {
  /** Side of the network's input in pixels. */
  readonly imageSize: number;
  /** The crop of the standard augmentation, which also flips. */
  readonly trainCrop: ClassificationCrop;
  readonly testCrop: ClassificationCrop;
}

/** Images of one small size: shifted by up to 4 pixels in training. */
function small(imageSize: number): DatasetKind {
  return { imageSize, trainCrop: { kind: 'pad', padding: 4 }, testCrop: { kind: 'stretch' } };
}

/** Photographs: random resized crops in training, else the short side to 256/224 of the input, and its centre. */
const photographs: DatasetKind = {
  imageSize: 224,
  trainCrop: { kind: 'random-resized' },
  testCrop: { kind: 'centre' },
};

/** The kinds of data sets by the names that `--dataset` takes. */
export const DATASET_KINDS = {
  folder: photographs,
  cifar10: small(32),
  cifar100: small(32),
  'tiny-imagenet': small(64),
  imagenet: photographs,
  cub: photographs,
  shapes: small(64),
  /** What `pack` wrote; it remembers the kind of the data set that was packed. */
  records: photographs,
} as const satisfies Record<string, DatasetKind>;

/** Names that `--dataset` takes. */
export type DatasetName = keyof typeof DATASET_KINDS;

/** The kind of that name; photographs for one that is not known. */
export function datasetKind(name: string): DatasetKind {
  return Object.hasOwn(DATASET_KINDS, name) ? DATASET_KINDS[name as DatasetName] : photographs;
}

/** All of them. */
export const DATASET_NAMES = Object.keys(DATASET_KINDS) as [DatasetName, ...DatasetName[]];
