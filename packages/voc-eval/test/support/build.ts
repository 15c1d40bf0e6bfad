import { DetectionList, type Detections, type GroundTruth, type GroundTruthObject } from '@featuremine/voc-eval';

type Box = readonly [number, number, number, number];

/** An object of class 0 with this box; flags and other values on top. */
export function object(box: Box, more: Partial<GroundTruthObject> = {}): GroundTruthObject {
  return { classId: 0, box, isDifficult: false, ...more };
}

/** A ground truth of images i0, i1, … with these objects, 100 × 100 px each. */
export function groundTruth(images: readonly (readonly GroundTruthObject[])[], classNames = ['dog']): GroundTruth {
  return {
    classNames,
    images: images.map((objects, i) => ({ id: `i${i}`, width: 100, height: 100, objects })),
  };
}

/** [image, score, box, class = 0] */
export type DetectionRow = readonly [image: number, score: number, box: Box, classId?: number];

/** The detections of rows. */
export function detections(...rows: readonly DetectionRow[]): Detections {
  const list = new DetectionList();
  for (const [image, score, box, classId = 0] of rows) list.add(image, classId, score, box);
  return list.detections();
}
