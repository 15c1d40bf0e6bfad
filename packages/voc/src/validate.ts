import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatasetError, nearestName } from '@featuremine/errors';
import { isFolder } from '@featuremine/files';
import { listAnnotatedFolder } from './annotated-folder';
import { AnnotationStatistics } from './annotation-statistics';
import type { ClassCount, SizeCount } from './annotation-statistics';
import { annotationPath, openDevkit, yearFolder } from './devkit';
import type { VocDevkit } from './devkit';
import { countFaults, makeFault } from './fault';
import type { Fault, FaultKind } from './fault';
import { checkImage } from './check-image';
import type { ImageProbe } from './check-image';
import { listImageFiles } from './image-files';
import type { ImageFiles } from './image-files';
import { readAnnotation } from './read-annotation';
import { readSetLines } from './set-lines';

/** What a check of annotations found. */
export interface ValidationReport {
  /** Annotation files looked at. */
  readonly files: number;
  /** `<object>` elements in them, bad ones included. */
  readonly objects: number;
  /** Those of the set files first, then by file and object. */
  readonly faults: readonly Fault[];
  readonly countByKind: ReadonlyMap<FaultKind, number>;
  readonly errorCount: number;
  readonly classes: ReadonlyMap<string, ClassCount>;
  readonly objectSizes: readonly SizeCount[];
  /** `500x375` → images. */
  readonly imageSizes: ReadonlyMap<string, number>;
}

/** How annotations are checked. */
export interface ValidateOptions {
  /** When given, other class names are errors. */
  readonly classes?: readonly string[];
  /** Default: the headers of JPEG and PNG files. */
  readonly probeImage?: ImageProbe;
  /** Default true. */
  readonly checksImages?: boolean;
}

/**
 * Checks the annotations of image sets, or all annotations of the devkit when `sets` is undefined.
 *
 * @throws DatasetError only when the devkit or a set is not there; faults of the data are in the report
 */
export function validateDevkit(
  devkit: VocDevkit | string,
  sets: string | undefined,
  options: ValidateOptions = {},
): ValidationReport {
  const kit = typeof devkit === 'string' ? openDevkit(devkit) : devkit;
  if (sets !== undefined) {
    const { lines, faults } = readSetLines(kit, sets);
    const files = lines.map(({ year, id }) => ({ path: annotationPath(kit, year, id) }));
    return validateFiles(files, faults, options);
  }
  const folders = kit.years.map((year) => join(yearFolder(kit, year), 'Annotations'));
  return validateFiles(folders.filter(isFolder).flatMap(xmlFilesBelow).map(asFile), [], options);
}

/**
 * Checks XML files, and all XML files below folders.
 *
 * @throws DatasetError for a path that is not there, and when there is no XML file at all
 */
export function validatePaths(paths: readonly string[], options: ValidateOptions = {}): ValidationReport {
  const files = paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined) return found.isDirectory() ? xmlFilesBelow(path) : [path];
    throw new DatasetError({ where: path, found: 'there is no such file or folder', fix: 'Correct the path' });
  });
  if (files.length > 0) return validateFiles([...new Set(files)].map(asFile), [], options);
  throw new DatasetError({
    where: paths.join(', '),
    found: 'no XML file is there',
    fix: 'Pass annotations or their folder',
  });
}

/**
 * Checks the annotations of a folder of images, or of parts of it, as `readAnnotatedFolder` finds them.
 *
 * @throws DatasetError only when the folder, its annotations or a part are not there
 */
export function validateFolder(
  folder: string,
  sets: string | undefined,
  options: ValidateOptions = {},
): ValidationReport {
  const { entries, faults } = listAnnotatedFolder(folder, sets);
  return validateFiles(
    entries.map(({ annotationPath: path, images }) => ({ path, images })),
    faults,
    options,
  );
}

/** An annotation to check, and where its image is looked for: beside it when that is not known. */
interface AnnotationFile {
  readonly path: string;
  readonly images?: ImageFiles;
}

const asFile = (path: string): AnnotationFile => ({ path });

function validateFiles(
  files: readonly AnnotationFile[],
  setFaults: readonly Fault[],
  options: ValidateOptions,
): ValidationReport {
  const { checksImages = true } = options;
  const faults: Fault[] = [...setFaults];
  const statistics = new AnnotationStatistics();
  const imagesOf = new Map<string, ImageFiles>();
  let objects = 0;
  for (const { path: file, images: known } of files) {
    const judged = readAnnotation(file);
    const { annotation } = judged;
    objects += judged.objectCount;
    statistics.add(annotation);
    for (const fault of judged.faults) faults.push(fault);
    if (options.classes !== undefined) nameUnknownClasses(annotation, options.classes, faults);
    if (!checksImages || judged.faults.some((fault) => fault.kind === 'missing-annotation')) continue;
    const folder = dirname(file);
    let images = imagesOf.get(folder);
    if (images === undefined) {
      imagesOf.set(folder, (images = known ?? imagesBeside(folder)));
      if (images.count === 0) {
        faults.push(
          makeFault('no-image-folder', `there are no images in ${images.folder}, so none is checked`, { file: folder }),
        );
      }
    }
    if (images.count > 0) faults.push(...checkImage(annotation, images, options.probeImage));
  }
  nameVariants(statistics, faults);
  return {
    files: files.length,
    objects,
    faults,
    countByKind: countFaults(faults),
    errorCount: faults.filter((fault) => fault.severity === 'error').length,
    classes: statistics.classes(),
    objectSizes: statistics.objectSizes(),
    imageSizes: statistics.imageSizes(),
  };
}

/** All XML files below a folder, sorted; linked folders are not entered. */
function xmlFilesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...xmlFilesBelow(path));
    else if (/\.xml$/i.test(entry.name)) found.push(path);
  }
  return found;
}

/** JPEGImages beside a folder named Annotations, else the folder of the annotations itself. */
function imagesBeside(folder: string): ImageFiles {
  return listImageFiles(basename(folder) === 'Annotations' ? join(folder, '..', 'JPEGImages') : folder);
}

function nameUnknownClasses(
  annotation: { readonly file: string; readonly objects: readonly { readonly name: string; readonly index: number }[] },
  classes: readonly string[],
  faults: Fault[],
): void {
  for (const { name, index } of annotation.objects) {
    if (classes.includes(name)) continue;
    const near = nearestName(name, classes);
    const found = `${JSON.stringify(name)} is none of the classes${near === undefined ? '' : `; ${near} is near`}`;
    faults.push(makeFault('unknown-class', found, { file: annotation.file, object: index, className: name }));
  }
}

/** Names classes that differ from a more frequent one in case and blanks only. */
function nameVariants(statistics: AnnotationStatistics, faults: Fault[]): void {
  const classes = [...statistics.classes()].sort(([, a], [, b]) => b.objects - a.objects);
  const first = new Map<string, string>();
  for (const [name, { objects }] of classes) {
    const key = name.toLowerCase().replace(/[\s_-]+/g, '');
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    else {
      const found = `${objects} objects are named ${JSON.stringify(name)}, and more ${JSON.stringify(other)}`;
      faults.push(makeFault('name-case', found, { file: statistics.fileOfClass(name) ?? '', className: name }));
    }
  }
}
