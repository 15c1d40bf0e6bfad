/** A VOCdevkit folder, which holds one folder `VOC<year>` a year. */
export interface VocDevkit {
  readonly folder: string;
  /** What follows `VOC` in the folders' names, sorted: `['2007', '2012']`. */
  readonly years: readonly string[];
}

export function openDevkit(folder: string): VocDevkit {
  throw new Error(`not written yet ${folder}`);
}
export function listImageSets(devkit: VocDevkit, year: string): string[] {
  throw new Error(`not written yet ${devkit.folder} ${year}`);
}
