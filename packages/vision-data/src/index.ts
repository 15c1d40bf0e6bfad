export type { DecodedImage, FloatImage, ImageSize } from './image';
export type { ClassificationBatch, DetectionBatch, Float32Tensor, Int32Tensor, Uint8Tensor } from './batch-tensors';
export type { ClassificationDataset, ClassificationSample, ClassificationSource } from './classification-dataset';
export type { DetectionSample } from './detection-sample';
export type {
  ClassificationCrop,
  ClassificationTransform,
  ColourJitterOptions,
  DetectionAugmentation,
  DetectionResize,
  LastBatch,
  MatchingOptions,
} from './transform-options';
export type { ClassificationBatchOptions, DetectionBatchOptions, EpochOptions } from './batch-options';
export { createWorkerPool } from './worker-pool';
export type { WorkerPool } from './worker-pool';
export { batchCount, planEpoch, aspectGroup } from './epoch-plan';
export type { EpochPlanOptions } from './epoch-plan';
export { classificationBatches } from './classification-batches';
export { detectionBatches } from './detection-batches';
