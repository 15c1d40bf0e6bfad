/** A data set of the paper: where its archives are expected, and how large it is. */
export interface PaperData {
  readonly title: string;
  /** Below the folder that is given as --data. */
  readonly folder: string;
  readonly archives: string;
  /** What lies in the folder. */
  readonly layout: readonly string[];
  readonly train: number;
  readonly test: number;
  readonly classes: number;
  /** Side of the images at mini scale in pixels: what the stand-in's images are resized to. */
  readonly miniImageSize: number;
}

/** The data sets of the paper's classifiers by the name that `--dataset` takes. */
export const PAPER_DATA: Readonly<Record<string, PaperData>> = {
  cifar100: {
    title: 'CIFAR-100',
    folder: 'cifar-100-binary',
    archives: 'cifar-100-binary.tar.gz, unpacked',
    layout: ['train.bin (50,000 records)', 'test.bin (10,000 records)', 'fine_label_names.txt'],
    ...{ train: 50_000, test: 10_000, classes: 100, miniImageSize: 32 },
  },
  'tiny-imagenet': {
    title: 'Tiny ImageNet',
    folder: 'tiny-imagenet-200',
    archives: 'tiny-imagenet-200.zip, unpacked',
    layout: [
      'wnids.txt, words.txt',
      'train/<wnid>/images/*.JPEG (500 for each of 200)',
      'val/images/*.JPEG (10,000), val/val_annotations.txt',
    ],
    ...{ train: 100_000, test: 10_000, classes: 200, miniImageSize: 64 },
  },
  imagenet: {
    title: 'ImageNet (ILSVRC2012)',
    folder: 'imagenet',
    archives:
      'ILSVRC2012_img_train.tar with the tar of each class unpacked into a folder of its name; ILSVRC2012_img_val.tar',
    layout: [
      'train/<wnid>/*.JPEG (1,281,167 in 1,000 folders)',
      'val/<wnid>/*.JPEG (50,000), or val/*.JPEG with ILSVRC2012_devkit_t12/ beside val/ for their labels',
    ],
    ...{ train: 1_281_167, test: 50_000, classes: 1000, miniImageSize: 128 },
  },
  cub: {
    title: 'CUB-200-2011',
    folder: 'CUB_200_2011',
    archives: 'CUB_200_2011.tgz, unpacked',
    layout: [
      'images.txt, image_class_labels.txt, classes.txt, train_test_split.txt, bounding_boxes.txt',
      'images/<class>/*.jpg (11,788)',
    ],
    ...{ train: 5994, test: 5794, classes: 200, miniImageSize: 128 },
  },
};
