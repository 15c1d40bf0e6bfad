import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { isFolder } from '@featuremine/files';
import type { ClassificationDataset } from './classification-dataset';
import { labelledFiles } from './labelled-files';
import { foldersIn, imagesBelow, pathBelow, readList } from './listed-files';

/**
 * Opens a part of Tiny ImageNet as its archive unpacks: `train/<wnid>/images/`, and `val/images/` with
 * `val/val_annotations.txt`; a `val/` that was sorted into folders by class is read too. `test` is the part `val`, since
 * the labels of the real test images were never published.
 *
 * Classes are the folders of train, sorted by wnid.
 *
 * @throws DatasetError for a folder of another form, and a validation image of an unknown class.
 */
export function openTinyImagenet(options: {
  readonly folder: string;
  readonly split: 'train' | 'test';
}): ClassificationDataset {
  const folder = ['', 'tiny-imagenet-200'].map((name) => join(options.folder, name)).find(isTinyImagenet);
  if (folder === undefined) {
    throw new DatasetError({
      where: options.folder,
      found: isFolder(options.folder) ? 'no train/<wnid>/images' : 'there is no such folder',
      expected: 'the folder that the archive of Tiny ImageNet unpacks to, with train, val and wnids.txt',
      fix: 'Give tiny-imagenet-200',
    });
  }
  const train = join(folder, 'train');
  const classNames = foldersIn(train);
  checkAgainstList(join(folder, 'wnids.txt'), classNames);
  if (options.split === 'train') {
    const files = classNames.map((name) => imagesBelow(join(train, name)));
    return labelledFiles({ folder: train, classNames, split: 'train', filesByClass: files });
  }
  const val = join(folder, 'val');
  const annotations = join(val, 'val_annotations.txt');
  const filesByClass = existsSync(annotations)
    ? annotatedFiles(annotations, join(val, 'images'), classNames)
    : classNames.map((name) => imagesBelow(join(val, name)));
  return labelledFiles({ folder: val, classNames, split: 'val', filesByClass });
}

function isTinyImagenet(folder: string): boolean {
  const train = join(folder, 'train');
  return isFolder(train) && foldersIn(train).some((name) => isFolder(join(train, name, 'images')));
}

// Missing folders show as other names; the list may be absent.
function checkAgainstList(file: string, classNames: readonly string[]): void {
  if (!existsSync(file)) return;
  const listed = readList(file, { fields: 1, what: 'a wnid a line' }).map(({ fields }) => fields[0]);
  const missing = listed.filter((wnid) => !classNames.includes(wnid));
  const extra = classNames.filter((name) => !listed.includes(name));
  if (missing.length + extra.length === 0) return;
  throw new DatasetError({
    where: file,
    found:
      missing.length > 0
        ? `${missing.length} of its classes have no folder in train (${missing.slice(0, 3).join(', ')})`
        : `${extra.length} folders of train are not listed (${extra.slice(0, 3).join(', ')})`,
    expected: `the ${classNames.length} folders of train`,
    fix: 'Unpack the archive again',
  });
}

function annotatedFiles(file: string, images: string, classNames: readonly string[]): string[][] {
  const places = new Map(classNames.map((name, place) => [name, place]));
  const filesByClass = classNames.map((): string[] => []);
  for (const { fields, where } of readList(file, { fields: 2, what: 'an image, its wnid, and a box' })) {
    const [image, wnid] = fields;
    const place = places.get(wnid);
    if (place === undefined) {
      const expected = 'one of the folders of train';
      throw new DatasetError({ where, found: `the class ${wnid.slice(0, 40)}`, expected, fix: 'Get the file again' });
    }
    filesByClass[place].push(pathBelow(images, image, where));
  }
  return filesByClass;
}
