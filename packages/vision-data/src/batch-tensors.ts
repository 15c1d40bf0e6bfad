/** A host tensor of bytes, as the graph takes it (there it arrives as float32). */
export interface Uint8Tensor {
  readonly dtype: 'uint8';
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A host tensor of 32-bit integers. */
export interface Int32Tensor {
  readonly dtype: 'int32';
  readonly shape: readonly number[];
  readonly data: Int32Array;
}

/** A host tensor of 32-bit reals. */
export interface Float32Tensor {
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A batch for classification. Pixels are raw (0…255): the graph normalises them.
 *
 * A padded batch (`lastBatch: 'pad'`) has `imageCount` < N; its further images are zero and their labels −1.
 */
export interface ClassificationBatch {
  /** [N, S, S, 3]. */
  readonly images: Uint8Tensor;
  /** [N], class ids 0…K−1, −1 where the batch is padded. */
  readonly labels: Int32Tensor;
  /** How many images are real. */
  readonly imageCount: number;
  /** Where each real image came from, for messages. */
  readonly files: readonly string[];
  /** Index of each real image in its data set. */
  readonly indices: Int32Array;
  /** Number of the batch in its epoch, from 0. */
  readonly batchIndex: number;
}

/**
 * A batch for detection. Pixels are raw (0…255): the graph normalises them, and then sets to 0 what lies outside
 * `imageSizes`, because padding is 0 after the normalisation in torchvision.
 *
 * R anchors per image are torchvision's for the padded size H×W. A padded batch (`lastBatch: 'pad'`) has
 * `imageCount` < N; its further images have the size 0×0 and labels −2 (ignored).
 */
export interface DetectionBatch {
  /** [N, H, W, 3], padded at the right and the bottom. */
  readonly images: Uint8Tensor | Float32Tensor;
  /** [N, 2], height and width of the resized image inside the padded one. */
  readonly imageSizes: Int32Tensor;
  /** [N, 2], height and width of the image in its file. */
  readonly originalSizes: Int32Tensor;
  /** [N, R], class id, −1 background, −2 ignored; absent without matching. */
  readonly labels?: Int32Tensor;
  /** [N, R, 4], encoded boxes of foreground anchors, 0 elsewhere; absent without matching. */
  readonly deltas?: Float32Tensor;
  readonly imageCount: number;
  readonly files: readonly string[];
  readonly ids: readonly string[];
  /** Index of each real image in the samples. */
  readonly indices: Int32Array;
  readonly batchIndex: number;
}
