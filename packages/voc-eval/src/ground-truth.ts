/** One annotated object. */
export interface GroundTruthObject {
  /** 0 … K − 1, into `classNames`. */
  readonly classId: number;
  /** x1, y1, x2, y2 in continuous pixels: a VOC box [xmin, ymin, xmax, ymax] is [xmin − 1, ymin − 1, xmax, ymax]. */
  readonly box: readonly [number, number, number, number];
  /** VOC's flag: a match on it counts neither way, and it is no positive. */
  readonly isDifficult: boolean;
  /** VOC's flag, which no protocol looks at; kept for conversion. */
  readonly isTruncated?: boolean;
  /** COCO's flag: a region of many objects, which any number of detections may match without counting. */
  readonly isCrowd?: boolean;
  /** COCO's `area` in px², by which objects are sorted into small, medium and large; the box's area by default. */
  readonly area?: number;
  /** Width · height as a COCO file states them, for bit-equal IoUs; (x2 − x1)(y2 − y1) by default. */
  readonly boxArea?: number;
}

/** One image of the evaluated set. */
export interface GroundTruthImage {
  /** The name by which detections refer to it: VOC's `000012`, the stem of COCO's `file_name`. */
  readonly id: string;
  /** COCO's number for it, in ground truth from a COCO file. */
  readonly cocoId?: number;
  /** Name of the image file, where one is known. */
  readonly fileName?: string;
  readonly width: number;
  readonly height: number;
  /** Path of the image file, where one is known; only reports with pictures read it. */
  readonly imagePath?: string;
  readonly objects: readonly GroundTruthObject[];
}

/** The annotated set against which detections are judged: K classes, images with their objects. */
export interface GroundTruth {
  readonly classNames: readonly string[];
  /** [K] COCO's number for each class, in ground truth from a COCO file. */
  readonly categoryIds?: readonly number[];
  readonly images: readonly GroundTruthImage[];
}
