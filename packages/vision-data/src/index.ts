export type { DecodedImage, FloatImage, ImageSize } from './image';
export { EXAMPLE_JPEG, jpegDataUri } from './jpeg-data-uri';
export type { JpegDataUriOptions } from './jpeg-data-uri';
export { MAX_PIXELS, decodeImage, readImageSize } from './decode-image';
export type { DecodeOptions, DecodedFile } from './decode-image';

export type { ClassificationDataset, ClassificationSample, ClassificationSource } from './classification-dataset';
export { openImageFolder } from './image-folder';
export type { ClassificationSplit } from './image-folder';
export { openCifar10, openCifar100 } from './cifar';
export type { CifarOptions } from './cifar';
export { openTinyImagenet } from './tiny-imagenet';
export { openImagenet } from './imagenet';
export { openCub } from './cub';
export type { CubOptions } from './cub';
export { openCached } from './records/open-cached';
export type { CacheOptions } from './records/open-cached';
export { DEFAULT_SHUFFLE_BUFFER, openRecords } from './records/open-records';
export type { PackedDataset } from './records/open-records';
export { packDataset } from './records/pack-dataset';
export type { PackOptions } from './records/pack-dataset';
export type { ShardEntry } from './records/records-index';
export { openShapesClassification } from './shapes-classification';
export type { ShapesClassificationOptions } from './shapes-classification';
export { SHAPE_CLASSES } from './shape-outlines';
export { makeShapesDevkit } from './shapes-devkit';
export type { ShapesDevkit, ShapesDevkitOptions } from './shapes-devkit';
export type { DetectionSample } from './detection-sample';
export { detectionSamplesOf } from './detection-samples-of';
export { describeClassificationData, describeDetectionData } from './describe-data';

export type {
  ClassificationCrop,
  ClassificationTransform,
  ColourJitterOptions,
  DetectionAugmentation,
  DetectionResize,
  LastBatch,
  MatchingOptions,
} from './transform-options';
export { drawResizedCrop } from './random-resized-crop';
export { flipBoxes, flipBoxesVertically, flipImage, flipImageVertically } from './flip';
export { changeColours, drawColourJitter } from './colour-jitter';
export type { ColourChange } from './colour-jitter';
export { padCrop } from './pad-crop';
export { resizeBilinear } from './resize-bilinear';
export { resizeSmooth } from './resize-smooth';
export type { Region } from './resize-smooth';
export { resizeLikeDecoding } from './resize-like-decoding';
export { shrinkLikeLibvips } from './shrink-like-libvips';
export { checkResize, paddedSize, resizeBoxes, resizedSize } from './detection-resize';

export type { ClassificationBatch, DetectionBatch, Float32Tensor, Int32Tensor, Uint8Tensor } from './batch-tensors';
export { partOf } from './batch-part';
export type { BatchPart } from './batch-part';
export type { ClassificationBatchOptions, DetectionBatchOptions, EpochOptions } from './batch-options';
export { aspectGroup, batchCount, planEpoch } from './epoch-plan';
export type { EpochPlanOptions } from './epoch-plan';
export { createWorkerPool } from './worker-pool';
export type { WorkerPool } from './worker-pool';
export { classificationBatches } from './classification-batches';
export { EPOCHS_CACHE_BYTES } from './epoch-batches';
export { classPartners } from './class-partners';
export { detectionBatches } from './detection-batches';
export { loadDetectionBatch } from './load-detection-batch';
export type { ImageInput } from './load-detection-batch';
