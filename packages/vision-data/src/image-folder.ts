import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import type { ClassificationDataset } from './classification-dataset';
import { datasetOf } from './classification-dataset-of';

/** Names of files that are taken for images; their content decides their format. */
const IMAGE_EXTENSIONS: readonly string[] = [
  ...['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.bmp', '.avif'],
];

/** The part of a data set that is opened; `all` for a data set without parts. */
export type ClassificationSplit = 'train' | 'test' | 'all';

/**
 * Opens a folder that holds a folder of images for each class; class ids follow the sorted names.
 *
 * If the folder has `train/` and a `val/` or `test/`, the split chooses one of them (`test` takes `test/`, else `val/`),
 * and both must have the same classes. Without them, `train` and `test` are both the whole folder: the caller decides.
 *
 * @throws DatasetError for a missing folder, a folder without class folders, a class without images.
 */
export function openImageFolder(options: {
  readonly folder: string;
  readonly split: ClassificationSplit;
}): ClassificationDataset {
  const { folder, split } = options;
  if (!isFolder(folder)) {
    throw new DatasetError({ where: folder, found: 'there is no such folder', fix: 'Give the folder of the images' });
  }
  const testFolder = ['test', 'val'].map((name) => join(folder, name)).find(isFolder);
  const trainFolder = join(folder, 'train');
  if (!isFolder(trainFolder) || testFolder === undefined) {
    return openClassFolders(folder, { classNames: classFolders(folder), split: 'all' });
  }
  const classNames = classFolders(trainFolder);
  if (split === 'train') return openClassFolders(trainFolder, { classNames, split });
  if (split === 'all') {
    throw new DatasetError({
      where: folder,
      found: 'it has a train and a test part',
      fix: `Open one of them, or give ${trainFolder}`,
    });
  }
  checkSameClasses(testFolder, classNames);
  return openClassFolders(testFolder, { classNames, split });
}

function openClassFolders(
  folder: string,
  { classNames, split }: { readonly classNames: readonly string[]; readonly split: string },
): ClassificationDataset {
  const files: string[] = [];
  const labels: number[] = [];
  classNames.forEach((name, label) => {
    for (const file of imagesBelow(join(folder, name))) {
      files.push(file);
      labels.push(label);
    }
  });
  if (files.length === 0) {
    throw new DatasetError({
      where: folder,
      found: 'no images',
      expected: `a folder for each class with files ${IMAGE_EXTENSIONS.join(', ')}`,
      fix: 'Give the folder above the class folders',
    });
  }
  const empty = classNames.filter((_, label) => !labels.includes(label));
  if (empty.length > 0 && split !== 'test') {
    throw new DatasetError({
      where: join(folder, empty[0]),
      found: `the class has no images${empty.length > 1 ? ` (and ${empty.length - 1} other classes have none)` : ''}`,
      fix: 'Add images, or remove the folder',
    });
  }
  return datasetOf({ kind: 'files', files, labels: Int32Array.from(labels) }, { classNames, split });
}

function classFolders(folder: string): string[] {
  const names = readdirSync(folder)
    .filter((name) => !name.startsWith('.') && isFolder(join(folder, name)))
    .sort();
  if (names.length > 0) return names;
  throw new DatasetError({
    where: folder,
    found: 'no class folders',
    expected: 'a folder of images for each class',
    fix: 'Give the folder above the class folders',
  });
}

function checkSameClasses(testFolder: string, classNames: readonly string[]): void {
  const unknown = classFolders(testFolder).filter((name) => !classNames.includes(name));
  if (unknown.length === 0) return;
  throw new DatasetError({
    where: join(testFolder, unknown[0]),
    found: `${unknown.length} of its classes are not among those of the training part`,
    fix: 'Give both parts the same class folders',
  });
}

function imagesBelow(folder: string): string[] {
  if (!isFolder(folder)) return []; // A class of the training part that the test part lacks.
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => IMAGE_EXTENSIONS.includes(extname(name).toLowerCase()))
    .map((name) => join(folder, name))
    .sort();
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
