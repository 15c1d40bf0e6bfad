import type { ClassificationBatch } from './batch-tensors';
import type { ClassificationBatchOptions } from './batch-options';
import type { ClassificationDataset } from './classification-dataset';

/** The batches of one epoch of a classification data set, made ahead of time by the pool. */
export function classificationBatches(
  dataset: ClassificationDataset,
  options: ClassificationBatchOptions,
): AsyncIterable<ClassificationBatch> {
  throw new Error(`not there yet: ${dataset.split} ${options.epoch}`);
}
