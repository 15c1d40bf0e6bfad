import type { BatchPart } from './batch-part';
import type {
  ClassificationTransform,
  DetectionAugmentation,
  DetectionResize,
  LastBatch,
  MatchingOptions,
} from './transform-options';
import type { WorkerPool } from './worker-pool';

/** What the batches of an epoch have in common. Their order and content depend on (seed, epoch, index) only. */
export interface EpochOptions {
  /** Where batches are made; reused from epoch to epoch, closed by its owner. */
  readonly pool: WorkerPool;
  readonly batchSize: number;
  /**
   * The part of each batch to deliver; the whole by default. What is in the batches stays the same, and so does the size
   * that their images are padded to. Where the last batch is short, a part may have one batch less.
   */
  readonly part?: BatchPart | undefined;
  readonly seed: number;
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** First batch to deliver, for resuming within an epoch (0). */
  readonly startBatch?: number;
  readonly order: 'shuffled' | 'sequential';
  readonly lastBatch: LastBatch;
  /** The images of the epoch, each as often as it is named (repeat-factor sampling); all, once, by default. */
  readonly subset?: Int32Array;
  /**
   * Memory for decoded images that are kept from epoch to epoch (shared by all workers), in bytes. None by default: who
   * looks at images once has no use for it.
   */
  readonly cacheBytes?: number;
}

/** Options of `classificationBatches`. */
export interface ClassificationBatchOptions extends EpochOptions {
  /** Side S of the images in pixels. */
  readonly imageSize: number;
  readonly transform: ClassificationTransform;
  /** Gives each image a partner: a batch then has 2N images, its N images first, then their partners in that order. */
  readonly partnerOf?: (index: number) => number;
}

/** Options of `detectionBatches`. */
export interface DetectionBatchOptions extends EpochOptions {
  readonly resize: DetectionResize;
  /**
   * `uint8`: resized with antialiasing while decoding (fast, for training); `float32`: torchvision's bilinear resize
   * without antialiasing of the fully decoded image (parity with torchvision).
   */
  readonly pixels: 'uint8' | 'float32';
  readonly augmentation?: DetectionAugmentation;
  /** Absent: no labels and deltas (evaluation). */
  readonly matching?: MatchingOptions;
  /** Batches hold images of similar aspect ratio (for `min-max`, so that little is padded). */
  readonly isGroupedByAspect?: boolean;
}
