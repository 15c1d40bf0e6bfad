import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import sharp from 'sharp';
import type { ClassificationDataset } from '../classification-dataset';
import { readSourceImage } from '../classification-source';
import { readImageFile } from '../decode-image';
import type { ImageSize } from '../image';
import { prefetchInOrder } from '../prefetch';
import { encodeRecord } from './packed-record';
import type { PackedRecord } from './packed-record';
import { writeRecordsIndex } from './records-index';
import type { ShardEntry } from './records-index';
import { ShardWriter } from './shard-writer';

/** How a data set is packed. */
export interface PackOptions {
  /** Where shards and index go; existing ones of this split are replaced. */
  readonly folder: string;
  /** Name of the part: `train` or `test`. */
  readonly split: string;
  /** Kind of the data set, for the augmentation that is usual for it. */
  readonly kind: string;
  /**
   * `encoded`: image files as they are, or, with `sizeFor`, shrunk and encoded as JPEG anew; `pixels`: decoded, for
   * small images and for what comes from no image files.
   */
  readonly content: 'encoded' | 'pixels';
  /** The size to which an image is brought, or undefined for its own. */
  readonly sizeFor?: (image: ImageSize) => ImageSize | undefined;
  /** Quality of JPEG that is encoded anew, 1…100. */
  readonly jpegQuality?: number;
  /** Images are packed in an order drawn from it, so that each shard is a mixture; undefined keeps their order. */
  readonly seed?: number;
  /** A shard is closed when it has so many bytes. */
  readonly shardBytes: number;
  /** What identifies the source (a cache's key). */
  readonly key?: string;
  /** Called with the error for an image that cannot be read, which is then left out; without it, the error is thrown. */
  readonly onBadImage?: (error: DatasetError) => void;
  readonly onProgress?: (done: number) => void;
}

/** Images that are read and encoded at a time. */
const AT_ONCE = 16;

/**
 * Writes a part of a data set as shards and an index, which comes last: a folder without it was not finished.
 *
 * @returns the shards
 * @throws DatasetError that names an image that cannot be read
 */
export async function packDataset(
  dataset: ClassificationDataset,
  options: PackOptions,
): Promise<readonly ShardEntry[]> {
  const { folder, split, seed, shardBytes, kind, key, onProgress } = options;
  const { count, classNames } = dataset;
  mkdirSync(folder, { recursive: true });
  const order = seed === undefined ? undefined : Random.of(seed, 'pack', split).permutation(count);
  const records = prefetchInOrder({
    count,
    ahead: AT_ONCE,
    make: async (position) => {
      const record = await packedRecord(dataset, order?.[position] ?? position, options).catch(leaveOut(options));
      return record && { bytes: encodeRecord(record), label: record.label };
    },
  });
  const shards: ShardEntry[] = [];
  let writer: ShardWriter | undefined;
  let done = 0;
  try {
    for await (const record of records) {
      onProgress?.(++done);
      if (record === undefined) continue;
      const name = `${split}-${String(shards.length).padStart(5, '0')}.records`;
      writer ??= await ShardWriter.create(join(folder, name));
      await writer.append(record.bytes, record.label);
      if (writer.sizeBytes >= shardBytes) {
        shards.push(await writer.finish());
        writer = undefined;
      }
    }
    if (writer !== undefined) shards.push(await writer.finish());
  } catch (error) {
    await writer?.abandon();
    throw error;
  }
  const packed = shards.reduce((sum, shard) => sum + shard.count, 0);
  writeRecordsIndex(folder, { split, kind, classNames, count: packed, shards, key });
  return shards;
}

async function packedRecord(
  dataset: ClassificationDataset,
  index: number,
  options: PackOptions,
): Promise<PackedRecord> {
  const { content, sizeFor, jpegQuality = 90 } = options;
  const { source } = dataset;
  const common = { label: dataset.labelOf(index), name: basename(dataset.fileOf(index)) };
  if (content === 'encoded' && source.kind === 'files' && source.boxes === undefined) {
    const { bytes, size } = await readImageFile(source.files[index]);
    if (sizeFor?.(size) === undefined) return { ...common, content: 'encoded', width: 0, height: 0, payload: bytes };
  }
  const { width, height, data } = await readSourceImage(source, index, sizeFor === undefined ? {} : { sizeFor });
  if (content === 'pixels') return { ...common, content, width, height, payload: data };
  const payload = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: jpegQuality, chromaSubsampling: '4:2:0' })
    .toBuffer();
  return { ...common, content, width: 0, height: 0, payload };
}

function leaveOut({ onBadImage }: PackOptions): (error: unknown) => undefined {
  return (error) => {
    if (onBadImage === undefined || !(error instanceof DatasetError)) throw error;
    onBadImage(error);
    return undefined;
  };
}
