import type { WholeBatch } from './batch-part';
import type { DetectionBatch, Float32Tensor, Int32Tensor, Uint8Tensor } from './batch-tensors';
import { paddedSize, resizedSize } from './detection-resize';
import type { DetectionSample } from './detection-sample';
import { anchorCount, anchorTargets } from './detection-targets';
import type { ImageCache } from './image-cache';
import type { ImageSize } from './image';
import { augmentationRandom, loadDetectionImage } from './load-detection-image';
import type { LoadedDetectionImage } from './load-detection-image';
import type { DetectionAugmentation, DetectionResize, MatchingOptions } from './transform-options';

/** The task of making one detection batch; plain data. */
export interface AssembleDetection {
  readonly kind: 'detection';
  /** What is being made, for messages. */
  readonly where: string;
  /** Id of the shared DetectionSample[]. */
  readonly samples: number;
  /** Id of the shared image cache, or 0. */
  readonly cache: number;
  readonly indices: Int32Array;
  /** How often each image was in the epoch before, for those that are there more than once. */
  readonly occurrences?: Int32Array;
  readonly batchIndex: number;
  /** The batch that this is a part of, if it is one: the part is padded as the whole. */
  readonly whole?: WholeBatch;
  /** N of the batch; more than `indices` has when it is padded. */
  readonly batchSize: number;
  readonly resize: DetectionResize;
  readonly pixels: 'uint8' | 'float32';
  readonly augmentation: DetectionAugmentation | undefined;
  readonly matching: MatchingOptions | undefined;
  readonly seed: number;
  readonly epoch: number;
}

/** Makes one detection batch. @throws DatasetError that names the file at fault. */
export async function assembleDetection(
  task: AssembleDetection,
  shared: ReadonlyMap<number, unknown>,
): Promise<DetectionBatch> {
  const samples = shared.get(task.samples) as readonly DetectionSample[];
  const cache = shared.get(task.cache) as ImageCache | undefined;
  const chosen = Array.from(task.indices, (index) => samples[index]);
  const loaded = await Promise.all(
    chosen.map((sample, i) =>
      loadDetectionImage(sample, task.indices[i], { ...task, cache, occurrence: task.occurrences?.[i] ?? 0 }),
    ),
  );
  const stacked = stackDetectionBatch(loaded, { ...task, others: sizesOfWhole(samples, task) });
  const [, height, width] = stacked.images.shape;
  const padded = { width: width, height: height };
  return {
    ...stacked,
    ...(task.matching === undefined ? {} : stackTargets(loaded, padded, { ...task, matching: task.matching })),
    imageCount: loaded.length,
    files: chosen.map((sample) => sample.imagePath),
    ids: chosen.map((sample) => sample.id),
    indices: task.indices,
    batchIndex: task.batchIndex,
  };
}

// The sizes to which the images of the whole batch are resized, as `loadDetectionImage` does; of those whose annotation
// has none, nothing is known.
function sizesOfWhole(samples: readonly DetectionSample[], task: AssembleDetection): ImageSize[] {
  const { whole, resize, augmentation } = task;
  if (whole === undefined || resize.kind !== 'min-max') return [];
  return Array.from(whole.indices).flatMap((index, i) => {
    const { width, height } = samples[index];
    if (width <= 0 || height <= 0) return [];
    const random = augmentationRandom(task, index, whole.occurrences?.[i] ?? 0);
    return resizedSize(resize, { width, height }, augmentation === undefined ? undefined : random);
  });
}

type Stackable = Pick<LoadedDetectionImage, 'size' | 'originalSize' | 'resized'>;

/** Resizes images into one padded batch of `batchSize` places, with their sizes. */
export function stackDetectionBatch(
  loaded: readonly Stackable[],
  options: {
    readonly resize: DetectionResize;
    readonly pixels: 'uint8' | 'float32';
    readonly batchSize: number;
    /** Resized sizes of images that are not here, but padded alike. */
    readonly others?: readonly ImageSize[];
  },
): Pick<DetectionBatch, 'images' | 'imageSizes' | 'originalSizes'> {
  const { resize, batchSize, others = [] } = options;
  const sizes = loaded.map(({ size }) => size);
  const padded = paddedSize(resize, [...sizes, ...others]);
  return {
    images: stackImages(loaded, padded, options),
    imageSizes: stackSizes(sizes, batchSize),
    originalSizes: stackSizes(
      loaded.map(({ originalSize }) => originalSize),
      batchSize,
    ),
  };
}

// [N, H, W, 3]; zero beyond each image.
function stackImages(
  loaded: readonly Stackable[],
  padded: ImageSize,
  { pixels, batchSize }: { readonly pixels: 'uint8' | 'float32'; readonly batchSize: number },
): Uint8Tensor | Float32Tensor {
  const shape = [batchSize, padded.height, padded.width, 3];
  const rowLength = padded.width * 3;
  const imageLength = padded.height * rowLength;
  const data = pixels === 'uint8' ? new Uint8Array(batchSize * imageLength) : new Float32Array(batchSize * imageLength);
  // One after another: all use the same memory for their real numbers before they get to their place.
  const memory = pixels === 'float32' ? new Float32Array(imageLength) : undefined;
  loaded.forEach(({ resized }, n) => {
    const image = resized(memory);
    const sourceRow = image.width * 3;
    for (let y = 0; y < image.height; y++) {
      data.set(image.data.subarray(y * sourceRow, (y + 1) * sourceRow), n * imageLength + y * rowLength);
    }
  });
  return data instanceof Uint8Array ? { dtype: 'uint8', shape, data } : { dtype: 'float32', shape, data };
}

// [N, 2], height and width.
function stackSizes(sizes: readonly ImageSize[], batchSize: number): Int32Tensor {
  const data = new Int32Array(batchSize * 2);
  sizes.forEach(({ width, height }, n) => data.set([height, width], 2 * n));
  return { dtype: 'int32', shape: [batchSize, 2], data };
}

function stackTargets(
  loaded: readonly LoadedDetectionImage[],
  padded: ImageSize,
  { batchSize, matching }: { readonly batchSize: number; readonly matching: MatchingOptions },
): { readonly labels: Int32Tensor; readonly deltas: Float32Tensor } {
  const count = anchorCount(padded, matching.anchors);
  const labels = new Int32Array(batchSize * count).fill(-2);
  const deltas = new Float32Array(batchSize * count * 4);
  loaded.forEach(({ target }, n) => {
    const one = anchorTargets(target, padded, matching);
    labels.set(one.labels, n * count);
    deltas.set(one.deltas, n * count * 4);
  });
  return {
    labels: { dtype: 'int32', shape: [batchSize, count], data: labels },
    deltas: { dtype: 'float32', shape: [batchSize, count, 4], data: deltas },
  };
}
