import type { Detections } from './detections';
import type { GroundTruth } from './ground-truth';
import { fallingOrder } from './score-order';

/** Detections and objects of all classes, image by image. */
export interface ImageGroup {
  /** [D_i] row numbers of the detections, surest first; equal scores in row order. */
  readonly rows: Int32Array;
  /** Index of the image's first object when all objects are counted through, image by image. */
  readonly firstObject: number;
}

/** One group an image, in image order; at most `most` detections each. Linear in detections and images. */
export function groupByImage(groundTruth: GroundTruth, detections: Detections, most: number): ImageGroup[] {
  const { imageIndex, score } = detections;
  const counts = new Int32Array(groundTruth.images.length);
  for (const image of imageIndex) counts[image]++;
  let firstObject = 0;
  const groups = groundTruth.images.map(({ objects }, image): ImageGroup => {
    const group = { rows: new Int32Array(Math.min(most, counts[image])), firstObject };
    firstObject += objects.length;
    return group;
  });
  counts.fill(0);
  for (const row of fallingOrder(score)) {
    const { rows } = groups[imageIndex[row]];
    const rank = counts[imageIndex[row]]++;
    if (rank < rows.length) rows[rank] = row;
  }
  return groups;
}
