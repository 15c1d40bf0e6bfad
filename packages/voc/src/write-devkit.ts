/** Detections to write, as parallel arrays; boxes continuous [D, 4]. */
export interface DetectionsToWrite {
  readonly classNames: readonly string[];
  readonly imageIds: readonly string[];
  readonly imageIndex: ArrayLike<number>;
  readonly classIndex: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  readonly boxes: ArrayLike<number>;
}

/** Writes `comp4_det_<set>_<class>.txt`, one file a class, empty ones too. Returns the paths. */
export function writeDetections(options: {
  readonly folder: string;
  readonly set: string;
  readonly competition?: 3 | 4;
  readonly detections: DetectionsToWrite;
}): string[] {
  throw new Error(`not written yet ${options.folder}`);
}

/** Writes `ImageSets/Main/<set>.txt` below a devkit's year folder, making folders as needed. Returns its path. */
export function writeImageSet(options: {
  readonly devkit: string;
  readonly year: string;
  readonly set: string;
  readonly ids: readonly string[];
}): string {
  throw new Error(`not written yet ${options.devkit}`);
}
