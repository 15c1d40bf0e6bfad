import { Random } from '@featuremine/random';
import type { ClassificationBatch } from './batch-tensors';
import type { ClassificationSource } from './classification-dataset';
import { readSourceImage, sourceFile, sourceLabel } from './classification-source';
import { decodeSizeFor, partFor, transformForClassification } from './classification-transform';
import { cachedImage, isFull, keepImage } from './image-cache';
import type { ImageCache } from './image-cache';
import { decodePacked, readPackedSample } from './records/packed-source';
import type { PackedSample } from './records/packed-source';
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
  /** Bytes of the first images' records, where they were streamed; the others are read from the source. */
  readonly records?: readonly Uint8Array<ArrayBuffer>[];
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
  const files = await Promise.all(
    Array.from(indices, async (index, position) => {
      const { image, label, file } = await readSample(
        source,
        { index, bytes: task.records?.[position] },
        { cache, task },
      );
      const random = Random.of(seed, 'augment', epoch, index);
      images.set(transformForClassification(image, { transform, imageSize }, random).data, position * imageLength);
      labels[position] = label;
      return file;
    }),
  );
  return {
    images: { dtype: 'uint8', shape: [batchSize, imageSize, imageSize, 3], data: images },
    labels: { dtype: 'int32', shape: [batchSize], data: labels },
    imageCount: indices.length,
    files,
    indices,
    batchIndex: task.batchIndex,
  };
}

async function readSample(
  source: ClassificationSource,
  { index, bytes }: { readonly index: number; readonly bytes: Uint8Array | undefined },
  { cache, task }: { readonly cache: ImageCache | undefined; readonly task: AssembleClassification },
): Promise<PackedSample> {
  const { transform, imageSize, seed, epoch } = task;
  const regionFor = partFor({ transform, imageSize }, Random.of(seed, 'augment', epoch, index));
  const decode = { sizeFor: decodeSizeFor(transform.crop, imageSize), regionFor };
  if (source.kind === 'packed') {
    if (bytes !== undefined) return decodePacked(source, { index, bytes }, decode);
    return readPackedSample(source, index, decode);
  }
  const sample = { label: sourceLabel(source, index), file: sourceFile(source, index) };
  const kept = cache && cachedImage(cache, index);
  if (kept !== undefined) return { ...sample, image: kept };
  if (cache === undefined || isFull(cache)) return { ...sample, image: await readSourceImage(source, index, decode) };
  const image = await readSourceImage(source, index, { sizeFor: decode.sizeFor });
  keepImage(cache, index, image);
  return { ...sample, image };
}
