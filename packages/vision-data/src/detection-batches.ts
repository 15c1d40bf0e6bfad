import type { DetectionBatch } from './batch-tensors';
import type { DetectionBatchOptions } from './batch-options';
import type { DetectionSample } from './detection-sample';

/** The batches of one epoch of detection samples, made ahead of time by the pool. */
export function detectionBatches(
  samples: readonly DetectionSample[],
  options: DetectionBatchOptions,
): AsyncIterable<DetectionBatch> {
  throw new Error(`not there yet: ${samples.length} ${options.epoch}`);
}
