import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { isFolder } from '@featuremine/files';
import type { ClassificationDataset } from './classification-dataset';
import { datasetOf } from './classification-dataset-of';
import { pathBelow, readList } from './listed-files';
import type { ListLine } from './listed-files';

/** Which part of CUB-200-2011 is opened. */
export interface CubOptions {
  readonly folder: string;
  readonly split: 'train' | 'test';
  /** True: images are cropped to the box of the bird; as a whole by default. */
  readonly isCropped?: boolean;
}

/** The lists of the data set with what their lines hold. */
const LISTS = {
  images: { name: 'images.txt', fields: 2, what: 'an image number and a file' },
  labels: { name: 'image_class_labels.txt', fields: 2, what: 'an image number and a class number' },
  split: { name: 'train_test_split.txt', fields: 2, what: 'an image number and 1 (training) or 0 (test)' },
  boxes: { name: 'bounding_boxes.txt', fields: 5, what: 'an image number, x, y, width and height' },
  classes: { name: 'classes.txt', fields: 2, what: 'a class number and a name' },
} as const;

/**
 * Opens a part of CUB-200-2011 by its own split (`train_test_split.txt`), in the order of `images.txt`.
 *
 * Class k is the (k + 1)-th of `classes.txt`; its name is the list's (`001.Black_footed_Albatross`).
 *
 * @throws DatasetError for missing lists and lines, and for unknown classes, that names the line.
 */
export function openCub(options: CubOptions): ClassificationDataset {
  const folder = ['', 'CUB_200_2011'].map((name) => join(options.folder, name)).find(isCub) ?? options.folder;
  const read = ({ name, fields, what }: (typeof LISTS)[keyof typeof LISTS]): ListLine[] =>
    readList(join(folder, name), { fields, what });
  const classes = read(LISTS.classes);
  const places = new Map(classes.map(({ fields }, place) => [fields[0], place]));
  const labels = byImage(read(LISTS.labels));
  const split = byImage(read(LISTS.split));
  const boxes = options.isCropped === true ? byImage(read(LISTS.boxes)) : undefined;
  const wanted = options.split === 'train' ? '1' : '0';
  const chosen = read(LISTS.images).filter(({ fields: [id], where }) => {
    const flag = lineOf(split, id, { where, list: LISTS.split.name }).fields[1];
    if (flag === '0' || flag === '1') return flag === wanted;
    throw fault(lineOf(split, id, { where, list: LISTS.split.name }).where, `"${flag.slice(0, 20)}"`, '0 or 1');
  });
  if (chosen.length === 0) throw fault(join(folder, LISTS.split.name), `no ${options.split} image`, 'some');
  const source = {
    kind: 'files',
    files: chosen.map(({ fields, where }) => pathBelow(join(folder, 'images'), fields[1], where)),
    labels: Int32Array.from(chosen, ({ fields: [id], where }) => {
      const line = lineOf(labels, id, { where, list: LISTS.labels.name });
      const place = places.get(line.fields[1]);
      if (place === undefined) throw fault(line.where, `class ${line.fields[1].slice(0, 20)}`, 'one of classes.txt');
      return place;
    }),
    ...(boxes === undefined ? {} : { boxes: boxesOf(chosen, boxes) }),
  } as const;
  return datasetOf(source, { classNames: classes.map(({ fields }) => fields[1]), split: options.split });
}

function isCub(folder: string): boolean {
  return isFolder(join(folder, 'images'));
}

function byImage(lines: readonly ListLine[]): Map<string, ListLine> {
  return new Map(lines.map((line) => [line.fields[0], line]));
}

function lineOf(
  lines: ReadonlyMap<string, ListLine>,
  id: string,
  { where, list }: { readonly where: string; readonly list: string },
): ListLine {
  const line = lines.get(id);
  if (line === undefined) throw fault(where, `image ${id.slice(0, 20)}`, `a line for it in ${list}`);
  return line;
}

// [N, 4]: left, top, width, height in pixels.
function boxesOf(images: readonly ListLine[], boxes: ReadonlyMap<string, ListLine>): Float32Array {
  const values = new Float32Array(4 * images.length);
  images.forEach(({ fields: [id], where }, i) => {
    const line = lineOf(boxes, id, { where, list: LISTS.boxes.name });
    const box = line.fields.slice(1, 5).map(Number);
    if (!box.every((value) => Number.isFinite(value)) || box[2] <= 0 || box[3] <= 0) {
      throw fault(line.where, line.fields.slice(1).join(' ').slice(0, 60), 'x, y and a width and height above 0');
    }
    values.set(box, 4 * i);
  });
  return values;
}

function fault(where: string, found: string, expected: string): DatasetError {
  return new DatasetError({ where, found, expected, fix: 'Unpack the archive of CUB-200-2011 again' });
}
