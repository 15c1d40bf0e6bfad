import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { isFolder } from '@featuremine/files';
import type { ClassificationDataset } from './classification-dataset';
import { labelledFiles } from './labelled-files';
import { foldersIn, imagesBelow } from './listed-files';

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
  return labelledFiles({
    folder,
    classNames,
    split,
    filesByClass: classNames.map((name) => imagesBelow(join(folder, name))),
  });
}

function classFolders(folder: string): string[] {
  const names = foldersIn(folder);
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
