import type { AssembleClassification } from './assemble-classification';
import type { ClassificationBatch } from './batch-tensors';
import type { ClassificationBatchOptions } from './batch-options';
import type { ClassificationDataset } from './classification-dataset';
import { epochBatches, shareWithPool, type PlannedBatch } from './epoch-batches';
import { streamBatches } from './records/stream-batches';

/**
 * The batches of one epoch of a classification data set, in order, made ahead of time by the pool.
 *
 * @throws DatasetError (from the iterator) that names the file at fault.
 */
export function classificationBatches(
  dataset: ClassificationDataset,
  options: ClassificationBatchOptions,
): AsyncGenerator<ClassificationBatch, void, undefined> {
  const { pool, imageSize, transform, seed, epoch, partnerOf, cacheBytes = 0 } = options;
  const { source, count } = dataset;
  // Records are in memory already or quick to read, and all decodings but that for random crops are of the whole image.
  const decoding = transform.crop.kind === 'random-resized' ? `shrunk for ${imageSize}` : 'whole';
  const ids = shareWithPool(pool, source, {
    count,
    sizeBytes: cacheBytes,
    decoding: source.kind === 'records' || source.kind === 'packed' ? undefined : decoding,
  });
  const taskFor = (batch: PlannedBatch): AssembleClassification => ({
    kind: 'classification',
    where: `batch ${batch.batchIndex} of epoch ${epoch}`,
    source: ids.data,
    cache: ids.cache,
    ...(partnerOf === undefined ? batch : withPartners(batch, partnerOf)),
    imageSize,
    transform,
    seed,
    epoch,
  });
  if (source.kind === 'packed' && source.shuffleBuffer > 0) return streamBatches(options, { source, count, taskFor });
  return epochBatches(options, { count, taskFor });
}

function withPartners<T extends PlannedBatch>(batch: T, partnerOf: (index: number) => number): T {
  const indices = Int32Array.of(...batch.indices, ...batch.indices.map(partnerOf));
  return { ...batch, indices, batchSize: indices.length };
}
