import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ClassificationDataset } from './classification-dataset';
import type { DetectionSample } from './detection-sample';
import type { PackedSource } from './records/packed-source';

/** Of larger data sets, the sizes of so many files at even distances are looked at, and the names of all. */
const MOST_SIZES = 20_000;

/**
 * What a classification data set is, in a few words that change with it: `400 images, 9f2c41d06e7b`. The hash covers
 * class names, labels, and the names and sizes of files (of records, their bytes), but not where the folder lies.
 */
export function describeClassificationData(dataset: ClassificationDataset): string {
  if (dataset.original !== undefined) return describeClassificationData(dataset.original);
  const { source, classNames, count } = dataset;
  const hash = createHash('sha256').update(JSON.stringify(classNames));
  if (source.kind === 'shapes') hash.update(JSON.stringify(source));
  else if (source.kind === 'records') hash.update(new Uint8Array(source.bytes));
  else if (source.kind === 'packed') hashShards(hash, source);
  else {
    hashFiles(hash, source.files);
    if (source.boxes !== undefined) hash.update(bytesOf(source.boxes));
  }
  const hasLabels = source.kind === 'records' || source.kind === 'packed';
  if (!hasLabels) hash.update(bytesOf(Int32Array.from({ length: count }, (_, i) => dataset.labelOf(i))));
  return described(count, hash);
}

/** The same for detection samples: names and sizes of image files, boxes, labels and difficult marks. */
export function describeDetectionData(samples: readonly DetectionSample[], classNames: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(classNames));
  hashFiles(
    hash,
    samples.map(({ imagePath }) => imagePath),
  );
  for (const { width, height, boxes, labels, isDifficult } of samples) {
    hash.update(`${width} ${height} ${labels.length}\n`);
    for (const values of [boxes, labels, isDifficult]) hash.update(bytesOf(values));
  }
  return described(samples.length, hash);
}

// The CRC of a shard's table covers the labels of its records and their CRCs.
function hashShards(hash: Hash, { shards, chosen }: PackedSource): void {
  for (const { count, tableCrc } of shards) hash.update(`${count} ${tableCrc}\n`);
  if (chosen !== undefined) hash.update(bytesOf(chosen));
}

// A file is known by its name and that of its folder: the whole may have been moved.
function hashFiles(hash: Hash, files: readonly string[]): void {
  for (const file of files) hash.update(`${join(basename(dirname(file)), basename(file))}\0`);
  const stride = Math.max(1, Math.ceil(files.length / MOST_SIZES));
  for (let i = 0; i < files.length; i += stride) {
    hash.update(`${statSync(files[i], { throwIfNoEntry: false })?.size ?? 'missing'}\0`);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function described(count: number, hash: Hash): string {
  return `${count} images, ${hash.digest('hex').slice(0, 12)}`;
}
