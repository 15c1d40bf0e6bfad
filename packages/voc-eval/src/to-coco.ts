import { cocoIds } from './coco-ids';
import type { Detections } from './detections';
import { cocoBox } from './exact-decimals';
import type { GroundTruth } from './ground-truth';
import type { DifficultRule } from './object-table';

/** A COCO ground-truth file's content. */
export interface CocoGroundTruth {
  readonly images: readonly { id: number; file_name: string; width: number; height: number }[];
  readonly categories: readonly { id: number; name: string }[];
  readonly annotations: readonly {
    id: number;
    image_id: number;
    category_id: number;
    bbox: readonly [number, number, number, number];
    area: number;
    iscrowd: 0 | 1;
    ignore: 0 | 1;
    /** VOC's flag; absent where the ground truth does not say. */
    truncated?: 0 | 1;
  }[];
}

/** One row of a COCO results file. */
export interface CocoResult {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [number, number, number, number];
  readonly score: number;
}

/**
 * A ground truth as COCO's JSON; numbers by `cocoIds`, annotations from 1 in the order of images.
 *
 * Difficult objects get `ignore` 1 (which pycocotools does not look at), or `iscrowd` 1, or nothing.
 */
export function cocoGroundTruth(groundTruth: GroundTruth, difficult: DifficultRule = 'ignore'): CocoGroundTruth {
  const ids = cocoIds(groundTruth);
  let id = 0;
  return {
    images: groundTruth.images.map((image, index) => ({
      id: ids.images[index],
      file_name: image.fileName ?? `${image.id.slice(image.id.lastIndexOf('/') + 1)}.jpg`,
      width: image.width,
      height: image.height,
    })),
    categories: groundTruth.classNames.map((name, classId) => ({ id: ids.categories[classId], name })),
    annotations: groundTruth.images.flatMap(({ objects }, index) =>
      objects.map((object) => {
        const bbox = cocoBox(...object.box);
        const isCrowd = object.isCrowd === true || (object.isDifficult && difficult === 'crowd');
        return {
          id: ++id,
          image_id: ids.images[index],
          category_id: ids.categories[object.classId],
          bbox,
          area: object.area ?? bbox[2] * bbox[3],
          iscrowd: isCrowd ? (1 as const) : (0 as const),
          ignore: object.isDifficult && difficult === 'ignore' ? (1 as const) : (0 as const),
          ...(object.isTruncated === undefined ? {} : { truncated: object.isTruncated ? (1 as const) : (0 as const) }),
        };
      }),
    ),
  };
}

/** Detections as COCO results, in row order, with the numbers of the ground truth's COCO file. */
export function cocoResults(groundTruth: GroundTruth, detections: Detections): CocoResult[] {
  const ids = cocoIds(groundTruth);
  const { imageIndex, classId, score, box } = detections;
  return Array.from(score, (value, row) => ({
    image_id: ids.images[imageIndex[row]],
    category_id: ids.categories[classId[row]],
    bbox: cocoBox(box[4 * row], box[4 * row + 1], box[4 * row + 2], box[4 * row + 3]),
    score: value,
  }));
}
