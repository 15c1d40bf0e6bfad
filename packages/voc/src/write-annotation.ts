/** What an annotation file says of one image. */
export interface AnnotationToWrite {
  /** Image file's name without a folder: `000001.jpg`. */
  readonly imageFile: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels?: 1 | 3;
  /** Boxes are continuous; they are written as [x1+1, y1+1, x2, y2]. */
  readonly objects: readonly {
    readonly name: string;
    readonly box: ArrayLike<number>;
    readonly isDifficult?: boolean;
    readonly isTruncated?: boolean;
  }[];
  readonly folder?: string;
  readonly database?: string;
}

/** The XML text of an annotation. */
export function formatAnnotation(annotation: AnnotationToWrite): string {
  throw new Error(`not written yet ${annotation.imageFile}`);
}

/** Writes `<stem of imageFile>.xml` into a folder. Returns its path. */
export function writeAnnotation(folder: string, annotation: AnnotationToWrite): string {
  throw new Error(`not written yet ${folder} ${annotation.imageFile}`);
}
