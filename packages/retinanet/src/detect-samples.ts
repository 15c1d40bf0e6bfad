import type { CompiledFunction, HostTensor } from '@featuremine/tensor-graph';
import { detectionBatches } from '@featuremine/vision-data';
import type { DetectionBatch, DetectionResize, DetectionSample, WorkerPool } from '@featuremine/vision-data';
import { anchorsFor } from './anchor-cache';
import { PYRAMID_LEVELS } from './architecture';
import { scaleDetections } from './detections';
import type { Detections, ImageSize } from './detections';
import { postProcess } from './post-process';
import type { LevelOutput, PostProcessSettings } from './post-process';

/** What `detectSamples` needs besides the samples. */
export interface DetectOptions {
  /** The compiled `evaluationStep`. */
  readonly evaluate: CompiledFunction;
  readonly numClasses: number;
  readonly resize: DetectionResize;
  readonly batchSize: number;
  readonly pool: WorkerPool;
  /** uint8: resized while decoding; float32: as torchvision resizes. */
  readonly pixels: 'uint8' | 'float32';
  readonly settings?: Partial<PostProcessSettings>;
  /** When it aborts, no further batch is looked at. */
  readonly signal?: AbortSignal;
  /** Called after each batch with the number of images that are done. */
  readonly onProgress?: (done: number) => void;
}

/** The detections of one sample, in pixels of its file. */
export interface SampleDetections {
  readonly index: number;
  readonly size: ImageSize;
  readonly detections: Detections;
}

/**
 * Detects objects in all samples, in their order. The outputs of a batch are post-processed while the next one runs.
 */
export async function* detectSamples(
  samples: readonly DetectionSample[],
  options: DetectOptions,
): AsyncGenerator<SampleDetections> {
  const batches = detectionBatches(samples, {
    pool: options.pool,
    batchSize: Math.min(options.batchSize, Math.max(1, samples.length)),
    seed: 0,
    epoch: 0,
    order: 'sequential',
    lastBatch: 'pad',
    resize: options.resize,
    pixels: options.pixels,
  });
  let done = 0;
  let previous: { readonly batch: DetectionBatch; readonly outputs: Readonly<Record<string, HostTensor>> } | undefined;
  for await (const batch of batches) {
    options.signal?.throwIfAborted();
    const running = options.evaluate({ images: batch.images, imageSizes: batch.imageSizes });
    running.catch(() => undefined); // reported by the await below
    if (previous) yield* batchDetections(previous.batch, previous.outputs, options);
    previous = { batch, outputs: await running };
    done += batch.imageCount;
    options.onProgress?.(done);
  }
  if (previous) yield* batchDetections(previous.batch, previous.outputs, options);
}

/** Post-processes the outputs of the evaluation step on a batch, image by image. */
export function* batchDetections(
  batch: DetectionBatch,
  outputs: Readonly<Record<string, HostTensor>>,
  options: Pick<DetectOptions, 'numClasses' | 'settings'>,
): Generator<SampleDetections> {
  const anchors = anchorsFor({ height: batch.images.shape[1], width: batch.images.shape[2] });
  for (let image = 0; image < batch.imageCount; image++) {
    const resized = sizeAt(batch.imageSizes.data, image);
    const original = sizeAt(batch.originalSizes.data, image);
    const found = postProcess({
      levels: levelsOf(outputs, image, anchors),
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
function levelsOf(outputs: Readonly<Record<string, HostTensor>>, image: number, anchors: Float32Array): LevelOutput[] {
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
