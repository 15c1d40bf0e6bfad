/** Side of CIFAR's images in pixels. */
export const CIFAR_SIZE = 32;

/** Bytes of the pixels of a record: planes of red, green and blue. */
export const CIFAR_PIXEL_BYTES = 3 * CIFAR_SIZE * CIFAR_SIZE;

/** How a CIFAR data set is laid out. */
export interface CifarFormat {
  readonly name: string;
  readonly numClasses: number;
  readonly binary: CifarLayout & {
    /** Bytes before the pixels; the last of them is the label. */
    readonly labelBytes: number;
  };
  readonly python: CifarLayout & {
    /** Keys of the labels in a batch, and of the class names in the file of names. */
    readonly labelKey: string;
    readonly namesKey: string;
  };
}

/** The files of one version of a data set. */
export interface CifarLayout {
  /** Name of the folder that the archive unpacks to. */
  readonly folder: string;
  readonly train: RegExp;
  readonly test: RegExp;
  /** File of the class names. */
  readonly names: string;
  /** A training file, for messages. */
  readonly example: string;
}

export const CIFAR10: CifarFormat = {
  name: 'CIFAR-10',
  numClasses: 10,
  binary: {
    folder: 'cifar-10-batches-bin',
    train: /^data_batch_\d+\.bin$/,
    test: /^test_batch\.bin$/,
    names: 'batches.meta.txt',
    example: 'data_batch_1.bin',
    labelBytes: 1,
  },
  python: {
    folder: 'cifar-10-batches-py',
    train: /^data_batch_\d+$/,
    test: /^test_batch$/,
    names: 'batches.meta',
    example: 'data_batch_1',
    labelKey: 'labels',
    namesKey: 'label_names',
  },
};

export const CIFAR100: CifarFormat = {
  name: 'CIFAR-100',
  numClasses: 100,
  binary: {
    folder: 'cifar-100-binary',
    train: /^train\.bin$/,
    test: /^test\.bin$/,
    names: 'fine_label_names.txt',
    example: 'train.bin',
    labelBytes: 2,
  },
  python: {
    folder: 'cifar-100-python',
    train: /^train$/,
    test: /^test$/,
    names: 'meta',
    example: 'train',
    labelKey: 'fine_labels',
    namesKey: 'fine_label_names',
  },
};
