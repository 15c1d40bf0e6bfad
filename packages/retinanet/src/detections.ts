import { resizeBoxes } from '@featuremine/vision-data/browser';
import type { ImageSize } from '@featuremine/vision-data/browser';

/**
 * The objects found in one image, best score first; the three arrays have one entry (boxes: four) a detection.
 *
 * Boxes are `[x1, y1, x2, y2]` in pixels; class ids are 0…K−1 and never count the background.
 */
export interface Detections {
  readonly classIds: Int32Array; // [D]
  readonly scores: Float32Array; // [D], after the sigmoid
  readonly boxes: Float32Array; // [D, 4]
}

/** Moves boxes from the resized image that the network saw to the original one, as `resizeBoxes`. */
export function scaleDetections(
  detections: Detections,
  sizes: { readonly from: ImageSize; readonly to: ImageSize },
): Detections {
  return { ...detections, boxes: resizeBoxes(detections.boxes, sizes.from, sizes.to) };
}

/** The detections whose score is at least `threshold`; the order is kept. */
export function keepScoresFrom(detections: Detections, threshold: number): Detections {
  const kept: number[] = [];
  detections.scores.forEach((score, index) => {
    if (score >= threshold) kept.push(index);
  });
  return selectDetections(detections, kept);
}

/** The detections at these positions, in this order. */
export function selectDetections(detections: Detections, positions: ArrayLike<number>): Detections {
  const count = positions.length;
  const classIds = new Int32Array(count);
  const scores = new Float32Array(count);
  const boxes = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const from = positions[i];
    classIds[i] = detections.classIds[from]!;
    scores[i] = detections.scores[from]!;
    for (let axis = 0; axis < 4; axis++) boxes[i * 4 + axis] = detections.boxes[from * 4 + axis]!;
  }
  return { classIds, scores, boxes };
}
