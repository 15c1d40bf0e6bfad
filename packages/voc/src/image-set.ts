import type { VocDevkit } from './devkit';
import type { VocObject } from './annotation-types';
import type { Fault, FaultKind } from './fault';

/**
 * What happens to a bad box (missing or inverted coordinates, no area, partly or wholly outside the image):
 * `fail` reports all and throws, `skip` drops the object, `clip` trims the box to the image and drops it when no area is left;
 * `keep` is for evaluation: every box that has four numbers is kept as it stands, with a warning.
 */
export type BadBoxPolicy = 'fail' | 'skip' | 'clip' | 'keep';

/** How an image set is read. */
export interface ReadImageSetOptions {
  /** Default `fail`. */
  readonly onBadBox?: BadBoxPolicy;
  /** Only objects of these classes are read, and class ids index this list; default: `discoverClassNames`. */
  readonly classes?: readonly string[];
  /** True: an image that is not in JPEGImages is an error. Default true; evaluation passes false. */
  readonly needsImages?: boolean;
  /** A file for the full list of faults, one a line, when there are more than the message shows. */
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
 * devkit has one year).
 *
 * @throws DatasetError that names the first 20 faults and their number.
 */
export function readImageSet(devkit: VocDevkit | string, sets: string, options: ReadImageSetOptions = {}): VocImageSet {
  throw new Error(`not written yet ${JSON.stringify([devkit, sets, options])}`);
}
