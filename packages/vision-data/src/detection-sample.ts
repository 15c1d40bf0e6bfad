/** An image with its ground truth; boxes are [x1, y1, x2, y2] in pixels of the file. */
export interface DetectionSample {
  readonly id: string;
  readonly imagePath: string;
  /** Width of the image in its file, as annotated. */
  readonly width: number;
  readonly height: number;
  /** [G, 4]. */
  readonly boxes: Float32Array;
  /** [G], class ids 0…K−1. */
  readonly labels: Int32Array;
  /** [G], 1 for a difficult object. */
  readonly isDifficult: Uint8Array;
}
