import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import type { ClassificationDataset } from './classification-dataset';
import { datasetOf } from './classification-dataset-of';

/** Images in files by class: the data set of a folder. */
export interface LabelledFiles {
  /** What was opened, for messages. */
  readonly folder: string;
  readonly classNames: readonly string[];
  readonly split: string;
  /** [K] the files of each class. */
  readonly filesByClass: readonly (readonly string[])[];
}

/**
 * The data set of these files, class by class.
 *
 * @throws DatasetError when there is no file; for the training part also when a class has none.
 */
export function labelledFiles({ folder, classNames, split, filesByClass }: LabelledFiles): ClassificationDataset {
  const files = filesByClass.flat();
  if (files.length === 0) {
    throw new DatasetError({
      where: folder,
      found: 'no images',
      expected: 'image files such as .jpg and .png for each class',
      fix: 'Give the folder above the class folders',
    });
  }
  const empty = classNames.filter((_, label) => filesByClass[label].length === 0);
  if (empty.length > 0 && split !== 'test' && split !== 'val') {
    throw new DatasetError({
      where: join(folder, empty[0]),
      found: `the class has no images${empty.length > 1 ? ` (and ${empty.length - 1} other classes have none)` : ''}`,
      fix: 'Add images, or remove the folder',
    });
  }
  const labels = new Int32Array(files.length);
  let place = 0;
  filesByClass.forEach((ofClass, label) => {
    labels.fill(label, place, place + ofClass.length);
    place += ofClass.length;
  });
  return datasetOf({ kind: 'files', files, labels }, { classNames, split });
}
