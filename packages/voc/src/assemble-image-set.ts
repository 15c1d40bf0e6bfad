import { join } from 'node:path';
import { DatasetError, refuseAbsentClasses, refuseRepeatedClasses } from '@featuremine/errors';
import type { VocObject } from './annotation-types';
import { applyBoxPolicy } from './box-policy';
import type { BadBoxPolicy } from './box-policy';
import { countFaults, makeFault } from './fault';
import type { Fault, FaultKind } from './fault';
import { faultError } from './fault-error';
import { readAnnotation } from './read-annotation';
import { discoverClassNames } from './voc-classes';

/** How an image set is read. */
export interface ReadImageSetOptions {
  /** Default `fail`. */
  readonly onBadBox?: BadBoxPolicy;
  /** Only objects of these classes are read, and class ids index this list; default: `discoverClassNames`. */
  readonly classes?: readonly string[];
  /** True: a class of `classes` that no object that is kept has is an error. Default false; training passes true. */
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
  /** Images of a folder that have no annotation and are left out; 0 for image sets, whose lines rule. */
  readonly unannotatedImageCount: number;
}

/** The images of one or more image sets, in the order of the set files. */
export interface VocImageSet {
  /** Class ids index this list. */
  readonly classNames: readonly string[];
  readonly images: readonly VocImage[];
  readonly report: ReadReport;
}

/** One annotated image that is to be read. */
export interface ImageEntry {
  readonly id: string;
  readonly year: string;
  readonly annotationPath: string;
  /** The image's file, or undefined when there is none. */
  readonly found: string | undefined;
  readonly imageFolder: string;
  /** Where the entry stands, for faults: a line of a set's file, or the annotation itself. */
  readonly place: { readonly file: string; readonly object?: number };
}

/**
 * Reads the annotations of these images, judges their boxes by the policy, and numbers the classes.
 *
 * @param source.where what is read, for messages: `VOCdevkit, 2007/trainval`
 * @param source.faults those found so far
 * @throws DatasetError that names the first 20 faults and their number.
 */
export function assembleImageSet(
  source: {
    readonly where: string;
    readonly entries: readonly ImageEntry[];
    readonly faults: readonly Fault[];
    readonly unannotatedImageCount?: number;
  },
  options: ReadImageSetOptions,
): VocImageSet {
  const { where, entries, unannotatedImageCount = 0 } = source;
  const read = readEntries(entries, options);
  const errors = [...source.faults, ...read.errors];
  if (errors.length > 0) throw faultError(where, errors, options.faultFile);
  if (entries.length === 0) {
    throw new DatasetError({ where, found: 'the image sets name no image', fix: 'Name a set whose file has lines' });
  }
  const classNames = options.classes ?? discoverClassNames(read.namesFound);
  refuseRepeatedClasses(classNames);
  if (options.needsEveryClass === true) {
    refuseAbsentClasses(classNames, { where, found: read.namesFound, known: [...read.namesFound].sort() });
  }
  const { images, objectCount, otherClassCount } = withClassIds(read.images, classNames);
  const report = {
    imageCount: images.length,
    objectCount,
    skippedBoxCount: read.skippedBoxCount,
    clippedBoxCount: read.clippedBoxCount,
    otherClassCount,
    faults: read.warnings,
    countByKind: countFaults(read.warnings),
    unannotatedImageCount,
  };
  return { classNames, images, report };
}

type UnnumberedImage = Omit<VocImage, 'objects'> & { readonly objects: readonly VocObject[] };

interface ReadEntries {
  readonly images: UnnumberedImage[];
  readonly errors: Fault[];
  readonly warnings: Fault[];
  /** Classes of the objects that the policy for boxes leaves. */
  readonly namesFound: Set<string>;
  skippedBoxCount: number;
  clippedBoxCount: number;
}

function readEntries(entries: readonly ImageEntry[], options: ReadImageSetOptions): ReadEntries {
  const { onBadBox = 'fail', needsImages = true } = options;
  const read: ReadEntries = {
    images: [],
    errors: [],
    warnings: [],
    namesFound: new Set(),
    skippedBoxCount: 0,
    clippedBoxCount: 0,
  };
  for (const { id, year, annotationPath, found, imageFolder, place } of entries) {
    const { annotation, faults } = readAnnotation(annotationPath, { wantsNotes: false });
    const result = applyBoxPolicy(annotation, faults, onBadBox);
    read.errors.push(...result.errors);
    read.warnings.push(...result.warnings);
    read.skippedBoxCount += result.skippedCount;
    read.clippedBoxCount += result.clippedCount;
    for (const { name } of result.objects) read.namesFound.add(name);
    if (found === undefined && needsImages) {
      read.errors.push(makeFault('missing-image', `${id} has no image in ${imageFolder}`, place));
    }
    read.images.push({
      id,
      year,
      annotationPath,
      imagePath: found ?? join(imageFolder, `${id}.jpg`),
      hasImage: found !== undefined,
      widthPx: annotation.width,
      heightPx: annotation.height,
      objects: result.objects,
    });
  }
  return read;
}

function withClassIds(
  unnumbered: readonly UnnumberedImage[],
  classNames: readonly string[],
): { images: VocImage[]; objectCount: number; otherClassCount: number } {
  const ids = new Map(classNames.map((name, i) => [name, i]));
  let objectCount = 0;
  let otherClassCount = 0;
  const images = unnumbered.map((image): VocImage => {
    const objects: VocImageObject[] = [];
    for (const object of image.objects) {
      const classId = ids.get(object.name);
      if (classId === undefined) otherClassCount++;
      else objects.push({ ...object, classId });
    }
    objectCount += objects.length;
    return { ...image, objects };
  });
  return { images, objectCount, otherClassCount };
}
