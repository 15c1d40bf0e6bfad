import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DatasetError, UserError, fileFaultFound, nearestName } from '@featuremine/errors';
import { isFolder, readPlainFile } from '@featuremine/files';

/** Bytes of the largest file of an image set: some millions of images. */
const LARGEST_SET_BYTES = 64 * 2 ** 20;

/** A VOCdevkit folder, which holds one folder `VOC<year>` a year. */
export interface VocDevkit {
  readonly folder: string;
  /** What follows `VOC` in the folders' names, sorted: `['2007', '2012']`. */
  readonly years: readonly string[];
}

/** One image set of one year. */
export interface ImageSetName {
  readonly year: string;
  readonly set: string;
}

/**
 * Finds the years of a VOCdevkit folder.
 *
 * @throws DatasetError when it is no folder, or holds no `VOC<year>` with Annotations or ImageSets; the folder that was
 * probably meant is named.
 */
export function openDevkit(folder: string): VocDevkit {
  if (!isFolder(folder)) {
    const found = existsSync(folder) ? 'this is not a folder' : 'there is no such folder';
    throw new DatasetError({ where: folder, found, fix: 'Pass the VOCdevkit folder, which holds VOC2007 or the like' });
  }
  const years = readdirSync(folder)
    .filter((name) => /^VOC.+/.test(name) && isYearFolder(join(folder, name)))
    .map((name) => name.slice(3))
    .sort();
  if (years.length > 0) return { folder, years };
  throw new DatasetError({
    where: folder,
    found: 'no folder VOC<year> with Annotations is in it',
    expected: 'a VOCdevkit folder, with VOC2007/Annotations, VOC2007/ImageSets/Main and VOC2007/JPEGImages',
    fix: likelyFix(folder),
  });
}

/** The folder `VOC<year>` of a devkit. */
export function yearFolder(devkit: VocDevkit, year: string): string {
  return join(devkit.folder, `VOC${year}`);
}

/** Path of the annotation of an image. */
export function annotationPath(devkit: VocDevkit, year: string, id: string): string {
  return join(yearFolder(devkit, year), 'Annotations', `${id}.xml`);
}

/** Names of a year's image sets, sorted: the files of ImageSets/Main. */
function listImageSets(devkit: VocDevkit, year: string): string[] {
  const folder = join(yearFolder(devkit, year), 'ImageSets', 'Main');
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -4))
    .sort();
}

/**
 * Splits `2007/trainval,2012/trainval`; a set without a year is that of the devkit's only year.
 *
 * @throws DatasetError for a year or set that the devkit does not have; the nearest name is given.
 */
export function parseImageSets(devkit: VocDevkit, sets: string): ImageSetName[] {
  const names = sets.split(',').map((part) => part.trim());
  if (names.includes('')) {
    throw new DatasetError({
      where: `image sets "${sets}"`,
      found: 'a name is empty',
      fix: 'Write 2007/trainval,2012/trainval',
    });
  }
  return names.map((name) => {
    const slash = name.indexOf('/');
    const year = slash < 0 ? onlyYear(devkit, name) : name.slice(0, slash).replace(/^VOC/, '');
    const set = name.slice(slash + 1).replace(/\.txt$/, '');
    if (!devkit.years.includes(year)) {
      throw new DatasetError({
        where: `image set ${name}`,
        found: `${devkit.folder} has no year ${year}`,
        expected: `one of ${devkit.years.join(', ')}`,
        fix: 'Write year/set, such as 2007/trainval',
      });
    }
    const known = listImageSets(devkit, year);
    if (known.includes(set)) return { year, set };
    const near = nearestName(set, known);
    throw new DatasetError({
      where: `image set ${name}`,
      found: `there is no ${join(yearFolder(devkit, year), 'ImageSets', 'Main', `${basename(set)}.txt`)}`,
      expected: `one of ${known.slice(0, 30).join(', ') || 'the files in ImageSets/Main, which has none'}`,
      fix: near === undefined ? 'Name a set that is there, or write its file' : `Did you mean ${year}/${near}?`,
    });
  });
}

/** Path and text of an image set's file. */
export function readSetFile(devkit: VocDevkit, name: ImageSetName): { readonly path: string; readonly text: string } {
  const path = join(yearFolder(devkit, name.year), 'ImageSets', 'Main', `${name.set}.txt`);
  return { path, text: readSetText(path) };
}

/** The text of an image set's file. @throws DatasetError when it cannot be read, FileError for no file or 64 MiB */
export function readSetText(path: string): string {
  try {
    return readPlainFile(path, LARGEST_SET_BYTES)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new DatasetError({ where: path, found: fileFaultFound(error), fix: 'Check the path' }, { cause: error });
  }
}

/** True for a name that is one file's name and leads to no other folder. */
export function isSafeName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\u0000-\u001f]/.test(name) && name.length <= 200;
}

function isYearFolder(path: string): boolean {
  return isFolder(join(path, 'Annotations')) || isFolder(join(path, 'ImageSets'));
}

function onlyYear(devkit: VocDevkit, name: string): string {
  const [year, ...others] = devkit.years;
  if (year !== undefined && others.length === 0) return year;
  throw new DatasetError({
    where: `image set ${name}`,
    found: `no year is given, and ${devkit.folder} has ${devkit.years.join(', ')}`,
    fix: `Write a year before it, such as ${year}/${name}`,
  });
}

function likelyFix(folder: string): string {
  const isYear = isYearFolder(folder) && /^VOC.+/.test(basename(resolve(folder)));
  if (isYear) return `Pass ${join(folder, '..')}`;
  if (isFolder(join(folder, 'VOCdevkit'))) return `Pass ${join(folder, 'VOCdevkit')}`;
  return `Pass the folder above VOC2007; images with XML beside them are read by --data ${folder} of retinanet`;
}
