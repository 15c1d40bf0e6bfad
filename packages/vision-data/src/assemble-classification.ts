import { Random } from '@featuremine/random';
import type { ClassificationBatch } from './batch-tensors';
import type { ClassificationSource } from './classification-dataset';
import { readSourceImage, sourceFile, sourceLabel } from './classification-source';
import { decodeSizeFor, transformForClassification } from './classification-transform';
import { cachedImage, keepImage } from './image-cache';
import type { ImageCache } from './image-cache';
import type { DecodedImage } from './image';
import type { ClassificationTransform } from './transform-options';

/** The task of making one classification batch; plain data. */
export interface AssembleClassification {
  readonly kind: 'classification';
  /** What is being made, for messages. */
  readonly where: string;
  /** Id of the shared ClassificationSource. */
  readonly source: number;
  /** Id of the shared image cache, or 0. */
  readonly cache: number;
  readonly indices: Int32Array;
  readonly batchIndex: number;
  /** N of the batch; more than `indices` has when it is padded. */
  readonly batchSize: number;
  readonly imageSize: number;
  readonly transform: ClassificationTransform;
  readonly seed: number;
  readonly epoch: number;
}

/** Makes one classification batch. @throws DatasetError that names the file at fault. */
export async function assembleClassification(
  task: AssembleClassification,
  shared: ReadonlyMap<number, unknown>,
): Promise<ClassificationBatch> {
  const source = shared.get(task.source) as ClassificationSource;
  const cache = shared.get(task.cache) as ImageCache | undefined;
  const { batchSize, imageSize, indices, transform, seed, epoch } = task;
  const imageLength = imageSize * imageSize * 3;
  const images = new Uint8Array(batchSize * imageLength);
  const labels = new Int32Array(batchSize).fill(-1);
  await Promise.all(
    Array.from(indices, async (index, position) => {
      const image = await readThroughCache(source, index, { cache, task });
      const random = Random.of(seed, 'augment', epoch, index);
      images.set(transformForClassification(image, { transform, imageSize }, random).data, position * imageLength);
      labels[position] = sourceLabel(source, index);
    }),
  );
  return {
    images: { dtype: 'uint8', shape: [batchSize, imageSize, imageSize, 3], data: images },
    labels: { dtype: 'int32', shape: [batchSize], data: labels },
    imageCount: indices.length,
    files: Array.from(indices, (index) => sourceFile(source, index)),
    indices,
    batchIndex: task.batchIndex,
  };
}

async function readThroughCache(
  source: ClassificationSource,
  index: number,
  context: { readonly cache: ImageCache | undefined; readonly task: AssembleClassification },
): Promise<DecodedImage> {
  const { cache, task } = context;
  const kept = cache && cachedImage(cache, index);
  if (kept !== undefined) return kept;
  const image = await readSourceImage(source, index, { sizeFor: decodeSizeFor(task.transform.crop, task.imageSize) });
  if (cache !== undefined) keepImage(cache, index, image);
  return image;
}
