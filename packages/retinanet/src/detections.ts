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

/** Width and height in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Moves boxes from the resized image that the network saw to the original one, each axis by its own ratio.
 *
 * Source: torchvision `models/detection/transform.py`, resize_boxes (float32).
 */
export function scaleDetections(
  detections: Detections,
  sizes: { readonly from: ImageSize; readonly to: ImageSize },
): Detections {
  const ratioX = Math.fround(Math.fround(sizes.to.width) / Math.fround(sizes.from.width));
  const ratioY = Math.fround(Math.fround(sizes.to.height) / Math.fround(sizes.from.height));
  const boxes = detections.boxes.map((value, index) => value * (index % 2 === 0 ? ratioX : ratioY));
  return { ...detections, boxes };
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
