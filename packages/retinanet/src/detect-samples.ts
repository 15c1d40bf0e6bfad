import { anchorsFor } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import type { CompiledFunction, HostTensor } from '@featuremine/tensor-graph';
import { detectionBatches } from '@featuremine/vision-data';
import type { ImageSize } from '@featuremine/vision-data';
import type {
  BatchPart,
  DetectionBatch,
  DetectionResize,
  DetectionSample,
  MatchingOptions,
  WorkerPool,
} from '@featuremine/vision-data';
import { PYRAMID_LEVELS } from './architecture';
import { scaleDetections } from './detections';
import type { Detections } from './detections';
import { mirroredImages } from './mirror';
import type { OpenDetector } from './open-detector';
import { postProcess } from './post-process';
import type { LevelOutput, PostProcessSettings } from './post-process';

/** The outputs of a step by name. */
export type StepOutputs = Readonly<Record<string, HostTensor>>;

/** How outputs become detections. */
export interface DetectionOptions {
  readonly numClasses: number;
  /** The detector's anchors; torchvision's when absent. */
  readonly anchors?: AnchorShapes | undefined;
  readonly settings?: Partial<PostProcessSettings>;
}

/** What `detectSamples` needs besides the samples. */
export interface DetectOptions extends DetectionOptions {
  /** The compiled `evaluationStep`, or `validationStep` with `validation`. */
  readonly evaluate: CompiledFunction;
  /** Looks at each image and at its mirror image, and merges what is found: twice the time. */
  readonly isMirrored?: boolean;
  readonly resize: DetectionResize;
  readonly batchSize: number;
  /** The part of each batch that this process of a job looks at; the whole by default. */
  readonly part?: BatchPart | undefined;
  readonly pool: WorkerPool;
  /** uint8: resized while decoding; float32: as torchvision resizes. */
  readonly pixels: 'uint8' | 'float32';
  /** Memory for decoded images, where the same samples are looked at again and again (none by default). */
  readonly cacheBytes?: number;
  /** Makes targets for the samples' objects too, and passes on the outputs of each batch. */
  readonly validation?: {
    readonly matching: MatchingOptions;
    onOutputs(batch: DetectionBatch, outputs: StepOutputs): void;
  };
  /** When it aborts, no further batch is looked at. */
  readonly signal?: AbortSignal;
  /** Called after each batch with the number of images that are done. */
  readonly onProgress?: (done: number) => void;
}

/** What `detectSamples` needs of a detector. */
export function detectingBy({
  evaluate,
  classNames,
  architecture: { anchors },
  resize,
  pixels,
}: Omit<OpenDetector, 'close'>): Pick<DetectOptions, 'evaluate' | 'numClasses' | 'anchors' | 'resize' | 'pixels'> {
  return { evaluate, numClasses: classNames.length, anchors, resize, pixels };
}

/** The detections of one sample, in pixels of its file. */
export interface SampleDetections {
  readonly index: number;
  readonly size: ImageSize;
  readonly detections: Detections;
}

/**
 * Detects objects in all samples (or in this process's part of each batch), in their order. The outputs of a batch are
 * post-processed while the next one runs.
 */
export async function* detectSamples(
  samples: readonly DetectionSample[],
  options: DetectOptions,
): AsyncGenerator<SampleDetections> {
  const batches = detectionBatches(samples, {
    pool: options.pool,
    batchSize: evaluationBatchSize(samples.length, options),
    part: options.part,
    seed: 0,
    epoch: 0,
    order: 'sequential',
    lastBatch: 'pad',
    resize: options.resize,
    pixels: options.pixels,
    cacheBytes: options.cacheBytes ?? 0,
    ...(options.validation ? { matching: options.validation.matching } : {}),
  });
  let done = 0;
  let previous: EvaluatedBatch | undefined;
  for await (const batch of batches) {
    options.signal?.throwIfAborted();
    const running = evaluateBatch(batch, options);
    running.catch(() => undefined); // reported by the await below
    if (previous) yield* batchDetections(previous, options);
    previous = await running;
    options.validation?.onOutputs(batch, previous.outputs);
    done += batch.imageCount;
    options.onProgress?.(done);
  }
  if (previous) yield* batchDetections(previous, options);
}

// No larger than the set, if it can then still be shared out.
function evaluationBatchSize(count: number, { batchSize, part }: Pick<DetectOptions, 'batchSize' | 'part'>): number {
  const parts = part?.size ?? 1;
  return Math.min(batchSize, parts * Math.max(1, Math.ceil(count / parts)));
}

/** A batch with what the network says about it. */
export interface EvaluatedBatch {
  readonly batch: DetectionBatch;
  readonly outputs: StepOutputs;
  /** About the mirrored images. */
  readonly mirrored?: StepOutputs;
}

/** Runs the network over a batch, and over its mirror images when asked. */
export async function evaluateBatch(
  batch: DetectionBatch,
  { evaluate, isMirrored }: Pick<DetectOptions, 'evaluate' | 'isMirrored'>,
): Promise<EvaluatedBatch> {
  const { images, imageSizes, labels, deltas } = batch;
  const inputs = { images, imageSizes, ...(labels && deltas ? { labels, deltas } : {}) };
  const outputs = await evaluate(inputs);
  if (isMirrored !== true) return { batch, outputs };
  return { batch, outputs, mirrored: await evaluate({ ...inputs, images: mirroredImages(batch) }) };
}

/** Post-processes what the network says about a batch, image by image. */
export function* batchDetections(
  { batch, outputs, mirrored }: EvaluatedBatch,
  options: DetectionOptions,
): Generator<SampleDetections> {
  const anchors = anchorsFor({ height: batch.images.shape[1], width: batch.images.shape[2] }, options.anchors);
  for (let image = 0; image < batch.imageCount; image++) {
    const resized = sizeAt(batch.imageSizes.data, image);
    const original = sizeAt(batch.originalSizes.data, image);
    const found = postProcess({
      levels: levelsOf(outputs, image, anchors),
      ...(mirrored ? { mirroredLevels: levelsOf(mirrored, image, anchors) } : {}),
      numClasses: options.numClasses,
      imageSize: resized,
      ...(options.settings ? { settings: options.settings } : {}),
    });
    const detections = scaleDetections(found, { from: resized, to: original });
    yield { index: batch.indices[image], size: original, detections };
  }
}

// Sizes are stored as height, width.
function sizeAt(sizes: Int32Array, image: number): ImageSize {
  return { height: sizes[image * 2], width: sizes[image * 2 + 1] };
}

// The rows of one image in the outputs, level by level, with their anchors.
function levelsOf(outputs: StepOutputs, image: number, anchors: Float32Array): LevelOutput[] {
  let firstAnchor = 0;
  return Array.from({ length: PYRAMID_LEVELS }, (_, level) => {
    const logits = outputs[`logits${level}`];
    const [, count, columns] = logits.shape as [number, number, number];
    const deltas = outputs[`deltas${level}`].data as Float32Array;
    const from = firstAnchor;
    firstAnchor += count;
    return {
      logits: (logits.data as Float32Array).subarray(image * count * columns, (image + 1) * count * columns),
      deltas: deltas.subarray(image * count * 4, (image + 1) * count * 4),
      anchors: anchors.subarray(from * 4, (from + count) * 4),
    };
  });
}
