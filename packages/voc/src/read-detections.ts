import type { Fault, FaultKind } from './fault';

/** Detections of devkit files as parallel arrays: by class, within a class in the order of its file. */
export interface DevkitDetections {
  readonly classNames: readonly string[];
  /** The image ids met, in order of first appearance. */
  readonly imageIds: readonly string[];
  /** Index into `imageIds`. [D] */
  readonly imageIndex: Int32Array;
  /** Index into `classNames`. [D] */
  readonly classIndex: Int32Array;
  /** [D] */
  readonly scores: Float64Array;
  /** Continuous [xmin−1, ymin−1, xmax, ymax], as they stand in the file, odd ones too. [D, 4] */
  readonly boxes: Float64Array;
  /** Classes of `classNames` without a file. */
  readonly missingClasses: readonly string[];
  /** Warnings: odd boxes (the first 1,000), files without a class, classes without a file. */
  readonly faults: readonly Fault[];
  readonly countByKind: ReadonlyMap<FaultKind, number>;
}

/** How devkit detection files are read. */
export interface ReadDetectionsOptions {
  /** Class ids index this list; files of other classes are left out with a warning. Default: the classes of the files. */
  readonly classNames?: readonly string[];
  /** Name of the image set in the files' names (`test`), needed when a folder holds several. */
  readonly set?: string;
}

/**
 * Reads `comp3_det_<set>_<class>.txt` and `comp4_det_<set>_<class>.txt` of a folder, or one such file.
 *
 * @throws DatasetError for a missing folder, no such file in it, or lines that are not `image score xmin ymin xmax ymax`.
 */
export function readDetections(path: string, options: ReadDetectionsOptions = {}): DevkitDetections {
  throw new Error(`not written yet ${JSON.stringify([path, options])}`);
}
