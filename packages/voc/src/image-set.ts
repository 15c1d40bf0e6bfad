import { join } from 'node:path';
import { DatasetError, nearestName } from '@featuremine/errors';
import type { VocObject } from './annotation-types';
import { applyBoxPolicy } from './box-policy';
import type { BadBoxPolicy } from './box-policy';
import { annotationPath, openDevkit, yearFolder } from './devkit';
import type { VocDevkit } from './devkit';
import { countFaults, makeFault } from './fault';
import type { Fault, FaultKind } from './fault';
import { faultError } from './fault-error';
import { listImageFiles } from './image-files';
import type { ImageFiles } from './image-files';
import { readAnnotation } from './read-annotation';
import { readSetLines } from './set-lines';
import { discoverClassNames } from './voc-classes';

/** How an image set is read. */
export interface ReadImageSetOptions {
  /** Default `fail`. */
  readonly onBadBox?: BadBoxPolicy;
  /** Only objects of these classes are read, and class ids index this list; default: `discoverClassNames`. */
  readonly classes?: readonly string[];
  /** True: a class of `classes` that no object has is an error. Default false; training passes true. */
  readonly needsEveryClass?: boolean;
  /** True (the default): an image that is not in JPEGImages is an error. Evaluation passes false. */
  readonly needsImages?: boolean;
  /** A file for the full list of faults, one a line, when reading fails. */
  readonly faultFile?: string;
}

/** An object with its class id. */
export interface VocImageObject extends VocObject {
  /** Index into the set's `classNames`. */
  readonly classId: number;
}

/** One image of a set. */
export interface VocImage {
  /** The image's name in the set file: `000005`. */
  readonly id: string;
  /** `2007`. */
  readonly year: string;
  readonly annotationPath: string;
  /** The file in JPEGImages whose stem is the id; `<id>.jpg` there when no such file exists. */
  readonly imagePath: string;
  readonly hasImage: boolean;
  /** Pixels by the annotation; 0 when unknown. */
  readonly widthPx: number;
  /** Pixels by the annotation; 0 when unknown. */
  readonly heightPx: number;
  readonly objects: readonly VocImageObject[];
}

/** What was counted while reading. */
export interface ReadReport {
  readonly imageCount: number;
  readonly objectCount: number;
  /** Objects dropped by `skip`, and by `clip` when no area was left. */
  readonly skippedBoxCount: number;
  /** Boxes that `clip` trimmed. */
  readonly clippedBoxCount: number;
  /** Objects of classes that are not in `classes`. */
  readonly otherClassCount: number;
  /** Warnings, and errors that the policy let pass; notes are left out. */
  readonly faults: readonly Fault[];
  readonly countByKind: ReadonlyMap<FaultKind, number>;
}

/** The images of one or more image sets, in the order of the set files. */
export interface VocImageSet {
  /** Class ids index this list. */
  readonly classNames: readonly string[];
  readonly images: readonly VocImage[];
  readonly report: ReadReport;
}

/**
 * Reads the annotations of image sets such as `2007/trainval,2012/trainval` (a set without a year is enough when the
 * devkit has one year). The names in the set files rule: no path is made of what an annotation says.
 *
 * @throws DatasetError that names the first 20 faults and their number.
 */
export function readImageSet(devkit: VocDevkit | string, sets: string, options: ReadImageSetOptions = {}): VocImageSet {
  const { onBadBox = 'fail', needsImages = true } = options;
  const kit = typeof devkit === 'string' ? openDevkit(devkit) : devkit;
  const { lines, faults: errors } = readSetLines(kit, sets);
  const warnings: Fault[] = [];
  const namesFound = new Set<string>();
  const imageFiles = new Map<string, ImageFiles>();
  let skippedBoxCount = 0;
  let clippedBoxCount = 0;
  const unlabelled = lines.map(({ year, id, file, line }) => {
    const path = annotationPath(kit, year, id);
    const { annotation, faults } = readAnnotation(path, { wantsNotes: false });
    const result = applyBoxPolicy(annotation, faults, onBadBox);
    errors.push(...result.errors);
    warnings.push(...result.warnings);
    skippedBoxCount += result.skippedCount;
    clippedBoxCount += result.clippedCount;
    for (const { name } of annotation.objects) namesFound.add(name);

    const images = getOrMake(imageFiles, year, () => listImageFiles(join(yearFolder(kit, year), 'JPEGImages')));
    const found = images.find(id);
    if (found === undefined && needsImages) {
      errors.push(makeFault('missing-image', `${id} has no image in ${images.folder}`, { file, object: line }));
    }
    return {
      id,
      year,
      annotationPath: path,
      imagePath: found ?? join(images.folder, `${id}.jpg`),
      hasImage: found !== undefined,
      widthPx: annotation.width,
      heightPx: annotation.height,
      objects: result.objects,
    };
  });
  const where = `${kit.folder}, ${sets}`;
  if (errors.length > 0) throw faultError(where, errors, options.faultFile);
  if (lines.length === 0) {
    throw new DatasetError({ where, found: 'the image sets name no image', fix: 'Name a set whose file has lines' });
  }

  const classNames = options.classes ?? discoverClassNames(namesFound);
  checkClasses(where, classNames, namesFound, options.needsEveryClass ?? false);
  const ids = new Map(classNames.map((name, i) => [name, i]));
  let objectCount = 0;
  let otherClassCount = 0;
  const images = unlabelled.map((image): VocImage => {
    const objects: VocImageObject[] = [];
    for (const object of image.objects) {
      const classId = ids.get(object.name);
      if (classId === undefined) otherClassCount++;
      else objects.push({ ...object, classId });
    }
    objectCount += objects.length;
    return { ...image, objects };
  });
  const report = {
    imageCount: images.length,
    objectCount,
    skippedBoxCount,
    clippedBoxCount,
    otherClassCount,
    faults: warnings,
    countByKind: countFaults(warnings),
  };
  return { classNames, images, report };
}

function checkClasses(
  where: string,
  classNames: readonly string[],
  namesFound: ReadonlySet<string>,
  needsEveryClass: boolean,
): void {
  const repeated = classNames.find((name, i) => classNames.indexOf(name) < i);
  if (repeated !== undefined) {
    throw new DatasetError({ where: 'classes', found: `${repeated} is there twice`, fix: 'Name each class once' });
  }
  const absent = needsEveryClass ? classNames.filter((name) => !namesFound.has(name)) : [];
  const [first] = absent;
  if (first === undefined) return;
  const near = nearestName(first, namesFound);
  throw new DatasetError({
    where,
    found: `no object has the class ${absent.join(', ')}`,
    expected: `classes among ${[...namesFound].sort().slice(0, 50).join(', ') || 'those found (there is none)'}`,
    fix: near === undefined ? 'Name classes that the annotations have' : `Did you mean ${near}`,
  });
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
