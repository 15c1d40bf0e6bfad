import { readdirSync } from 'node:fs';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { isFolder } from '@featuremine/files';
import { isImageName } from '@featuremine/voc';
import { readLimited } from './read-limited';

/** ImageNet's longest list has 40 MB. */
const LARGEST_LIST_BYTES = 512 * 2 ** 20;

/** The image files in a folder and below it, sorted; none when there is no such folder. */
export function imagesBelow(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isImageName)
    .map((name) => join(folder, name))
    .sort();
}

/** The folders in a folder, sorted; those whose names start with a dot are left out. */
export function foldersIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && isFolder(join(folder, name)))
    .sort();
}

/** One line of a list: its fields, and where it stands, for messages. */
export interface ListLine {
  readonly fields: readonly string[];
  /** `images.txt, line 3`. */
  readonly where: string;
}

/**
 * Reads a list of a data set: a text file of lines with a fixed number of fields; further ones are part of the last.
 *
 * @throws DatasetError for a missing file, and lines with fewer fields
 */
export function readList(
  file: string,
  options: { readonly fields: number; readonly separator?: RegExp; readonly what: string },
): ListLine[] {
  const { fields: count, separator = /\s+/, what } = options;
  const lines: ListLine[] = [];
  readLimited(file, { largestBytes: LARGEST_LIST_BYTES, what, fix: 'Check the folder' })
    .toString('utf8')
    .split(/\r?\n/)
    .forEach((text, i) => {
      if (text.trim() === '') return;
      const where = `${file}, line ${i + 1}`;
      const fields = text.trim().split(separator);
      if (fields.length < count) {
        throw new DatasetError({ where, found: `"${text.slice(0, 60)}"`, expected: what, fix: 'Get the file again' });
      }
      lines.push({ fields, where });
    });
  return lines;
}

/** The path of a file that a list names, below a folder. @throws DatasetError for a name that leads elsewhere */
export function pathBelow(folder: string, name: string, where: string): string {
  const relative = normalize(name);
  if (name !== '' && !isAbsolute(relative) && !relative.split(sep).includes('..') && !relative.includes('\0')) {
    return join(folder, relative);
  }
  throw new DatasetError({
    where,
    found: `"${name.slice(0, 60)}" is no file below ${folder}`,
    expected: 'the name of an image',
    fix: 'Get the data set again',
  });
}
