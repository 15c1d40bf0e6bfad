import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { isFolder } from '@featuremine/files';
import type { ClassificationDataset } from './classification-dataset';
import { DEVKIT_FOLDER, readDevkitLabels } from './imagenet-devkit';
import type { ValidationLabels } from './imagenet-devkit';
import { labelledFiles } from './labelled-files';
import { foldersIn, imagesBelow, readList } from './listed-files';

/** The list of the validation labels in Kaggle's archive of ILSVRC. */
const KAGGLE_LABELS = 'LOC_val_solution.csv';

/**
 * Opens a part of ImageNet (ILSVRC2012). The folder holds `train/<wnid>/` and `val/`, there or in `ILSVRC/Data/CLS-LOC/`
 * as Kaggle packs it. `val/` has folders by class too, or the images as they were published; their labels are then read
 * from the devkit (`ILSVRC2012_devkit_t12/`) or Kaggle's `LOC_val_solution.csv`, in the folder.
 *
 * Classes are the folders of train, sorted by wnid: the usual order of the 1,000 classes.
 *
 * @throws DatasetError for a folder of another form, a validation image without a label or of an unknown class.
 */
export function openImagenet(options: {
  readonly folder: string;
  readonly split: 'train' | 'test';
}): ClassificationDataset {
  const { folder, split } = options;
  const images = ['', join('ILSVRC', 'Data', 'CLS-LOC')].map((name) => join(folder, name)).find(hasParts);
  if (images === undefined) {
    throw new DatasetError({
      where: folder,
      found: isFolder(folder) ? 'no train with a val beside it' : 'there is no such folder',
      expected: 'train/<wnid>/ and val/, there or in ILSVRC/Data/CLS-LOC/',
      fix: 'Give the folder above train and val',
    });
  }
  const [train, val] = [join(images, 'train'), join(images, 'val')];
  const classNames = foldersIn(train);
  if (split === 'train') {
    const filesByClass = classNames.map((name) => imagesBelow(join(train, name)));
    return labelledFiles({ folder: train, classNames, split, filesByClass });
  }
  const sorted = foldersIn(val);
  const unknown = sorted.find((name) => !classNames.includes(name));
  if (unknown !== undefined) throw unknownClass(join(val, unknown), unknown);
  const filesByClass =
    sorted.length > 0
      ? classNames.map((name) => imagesBelow(join(val, name)))
      : byLabels(imagesBelow(val), readLabels(folder, val), classNames);
  return labelledFiles({ folder: val, classNames, split: 'val', filesByClass });
}

function hasParts(folder: string): boolean {
  return isFolder(join(folder, 'train')) && isFolder(join(folder, 'val'));
}

function readLabels(folder: string, val: string): ValidationLabels {
  const kaggle = join(folder, KAGGLE_LABELS);
  if (existsSync(kaggle)) {
    const lines = readList(kaggle, { fields: 2, separator: /[,\s]+/, what: 'an image, its wnid, and boxes' });
    return new Map(lines.slice(1).map(({ fields: [image, wnid] }) => [numberOf(image), wnid]));
  }
  const devkit = join(folder, DEVKIT_FOLDER);
  if (isFolder(devkit)) return readDevkitLabels(devkit);
  throw new DatasetError({
    where: val,
    found: 'images without folders by class, and no labels for them',
    expected: `folders by class, or ${DEVKIT_FOLDER} or ${KAGGLE_LABELS} in ${folder}`,
    fix: `Unpack the devkit (Task 1 & 2) beside train and val`,
  });
}

function byLabels(files: readonly string[], labels: ValidationLabels, classNames: readonly string[]): string[][] {
  const places = new Map(classNames.map((name, place) => [name, place]));
  const filesByClass = classNames.map((): string[] => []);
  for (const file of files) {
    const wnid = labels.get(numberOf(basename(file)));
    if (wnid === undefined) {
      throw new DatasetError({
        where: file,
        found: 'no label for this image',
        expected: `a name such as ILSVRC2012_val_00000001.JPEG with a number up to ${labels.size}`,
        fix: 'Take the file away, or get the labels again',
      });
    }
    const place = places.get(wnid);
    if (place === undefined) throw unknownClass(file, wnid);
    filesByClass[place].push(file);
  }
  return filesByClass;
}

// ILSVRC2012_val_00000012.JPEG → 12; NaN for other names.
function numberOf(name: string): number {
  return Number(/^ILSVRC2012_val_(\d{8})(?:\.|$)/.exec(name)?.[1] ?? NaN);
}

function unknownClass(where: string, wnid: string): DatasetError {
  const expected = 'one of the folders of train';
  const fix = 'Complete train, or take these validation images away';
  return new DatasetError({ where, found: `the class ${wnid.slice(0, 40)}`, expected, fix });
}
