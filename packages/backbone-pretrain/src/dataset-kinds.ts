import {
  openCifar10,
  openCifar100,
  openCub,
  openImagenet,
  openImageFolder,
  openRecords,
  openTinyImagenet,
  type ClassificationCrop,
  type ClassificationDataset,
} from '@featuremine/vision-data';

/** What a data set in a folder is opened with. */
export interface OpenOptions {
  readonly folder: string;
  readonly split: 'train' | 'test';
  /** Whether images of CUB-200-2011 are cropped to their boxes. */
  readonly cropToBox: boolean;
  /** Places of the shuffle buffer of packed records. */
  readonly shuffleBuffer: number;
}

/** How a kind of data set is opened, and its images become inputs where the options do not say otherwise. */
export interface DatasetKind {
  /** Side of the network's input in pixels. */
  readonly imageSize: number;
  /** The crop of the standard augmentation, which also flips. */
  readonly trainCrop: ClassificationCrop;
  readonly testCrop: ClassificationCrop;
  /** Opens the part of a folder; absent for what is drawn and needs none. */
  readonly open?: (options: OpenOptions) => ClassificationDataset;
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

const KINDS = {
  folder: { ...photographs, open: openImageFolder },
  cifar10: { ...small(32), open: openCifar10 },
  cifar100: { ...small(32), open: openCifar100 },
  'tiny-imagenet': { ...small(64), open: openTinyImagenet },
  imagenet: { ...photographs, open: openImagenet },
  cub: { ...photographs, open: ({ cropToBox, ...part }) => openCub({ ...part, isCropped: cropToBox }) },
  shapes: small(64),
  /** What `pack` wrote; it remembers the kind of the data set that was packed. */
  records: { ...photographs, open: openRecords },
} satisfies Record<string, DatasetKind>;

/** Names that `--dataset` takes. */
export type DatasetName = keyof typeof KINDS;

/** The kinds of data sets by the names that `--dataset` takes. */
export const DATASET_KINDS: Readonly<Record<DatasetName, DatasetKind>> = KINDS;

/** The kind of that name; photographs for one that is not known. */
export function datasetKind(name: string): DatasetKind {
  return Object.hasOwn(KINDS, name) ? KINDS[name as DatasetName] : photographs;
}

/** All of them. */
export const DATASET_NAMES = Object.keys(KINDS) as [DatasetName, ...DatasetName[]];
