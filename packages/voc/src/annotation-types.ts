/** x1, y1, x2, y2 in continuous pixels from the top left corner, x2 and y2 exclusive: VOC's [xmin−1, ymin−1, xmax, ymax]. */
export type VocBox = readonly [x1: number, y1: number, x2: number, y2: number];

/** One `<object>` of an annotation; its `<part>` elements are no objects and are not read. */
export interface VocObject {
  readonly name: string;
  readonly box: VocBox;
  /** False when the tag is missing. */
  readonly isDifficult: boolean;
  /** False when the tag is missing. */
  readonly isTruncated: boolean;
  /** Place among the file's `<object>` elements, from 1, skipped ones counted. */
  readonly index: number;
}

/** One annotation file. */
export interface VocAnnotation {
  /** Path of the XML file, as it was opened. */
  readonly file: string;
  /** The image's name by `<filename>`; information only, since the stem of the XML file names the image. */
  readonly imageFile: string | undefined;
  /** Pixels; 0 when `<size>` is missing or no number. */
  readonly width: number;
  /** Pixels; 0 when `<size>` is missing or no number. */
  readonly height: number;
  readonly objects: readonly VocObject[];
}
