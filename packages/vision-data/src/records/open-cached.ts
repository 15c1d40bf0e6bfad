import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { isProcessAlive } from '@featuremine/files';
import type { ClassificationDataset, ClassificationSource } from '../classification-dataset';
import { datasetOf } from '../classification-dataset-of';
import { decodeSizeFor } from '../classification-transform';
import { readImageSize } from '../decode-image';
import type { ImageSize } from '../image';
import type { ClassificationCrop } from '../transform-options';
import { packDataset } from './pack-dataset';
import { indexPath, readRecordsIndex } from './records-index';

/** What a cache holds. */
export interface CacheOptions {
  /** Folder of caches; each has a folder of its own in it, named by its key. */
  readonly folder: string;
  /** How images are cropped, and the side of the network's input: they decide to what size images may be shrunk. */
  readonly crop: ClassificationCrop;
  readonly imageSize: number;
  /** Called while a cache is made. */
  readonly onProgress?: (done: number) => void;
}

const SHARD_BYTES = 1 << 30;
/** Images whose sizes are looked at to tell how large a cache will be. */
const SAMPLED = 200;
/** Share of the free space that is left. */
const KEPT_FREE = 0.05;

/**
 * The data set read from a packed cache of decoded images, which is made if it is not there; images that are no files
 * are returned as they are. Batches are the same to the bit.
 *
 * A cache is known by a hash of the files' names, sizes and times, the boxes, and how images are shrunk: when one
 * changes, another cache is made. What processes of this machine left unfinished is removed when they are dead.
 *
 * @throws DatasetError for an image that cannot be read, and when the disk has not enough space
 */
export async function openCached(
  dataset: ClassificationDataset,
  options: CacheOptions,
): Promise<ClassificationDataset> {
  const { source, classNames, split, count } = dataset;
  if (source.kind !== 'files') return dataset;
  const { crop, imageSize } = options;
  const sizeFor = source.boxes === undefined ? decodeSizeFor(crop, imageSize) : (): undefined => undefined;
  const policy = crop.kind === 'random-resized' ? `shrunk for ${imageSize}` : 'whole';
  const key = cacheKey(source, policy);
  const folder = join(options.folder, `${split}-${key.slice(0, 16)}`);
  removeUnfinished(options.folder);
  if (!existsSync(indexPath(folder, split))) {
    await checkSpace(source, { folder: options.folder, sizeFor });
    // Made beside its place, so that of two that make it at the same time each has its own.
    const making = `${folder}${unfinishedEnd(process.pid)}`;
    rmSync(making, { recursive: true, force: true });
    const { onProgress } = options;
    const common = { folder: making, split, kind: 'cache', content: 'pixels', shardBytes: SHARD_BYTES, key } as const;
    try {
      await packDataset(dataset, { ...common, sizeFor, ...(onProgress === undefined ? {} : { onProgress }) });
    } catch (error) {
      rmSync(making, { recursive: true, force: true });
      throw error;
    }
    moveInto(making, folder, split);
  }
  const { shards } = readRecordsIndex(folder, split);
  const packed = { kind: 'packed', folder, shards, numClasses: classNames.length, shuffleBuffer: 0 } as const;
  const cached = datasetOf(packed, { classNames, split });
  if (cached.count !== count) throw new Error(`cache ${folder} has ${cached.count} images of ${count}`);
  return { ...cached, fileOf: (index) => dataset.fileOf(index), original: dataset };
}

function unfinishedEnd(pid: number | string): string {
  return `.${hostname()}.${pid}.partial`;
}

// Machines may share the folder: only of its own processes can one tell that they are dead.
function removeUnfinished(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = /\.(\d+)\.partial$/.exec(name)?.[1];
    if (pid === undefined || !name.endsWith(unfinishedEnd(pid)) || isProcessAlive(Number(pid))) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

// Another process may have put its own there meanwhile, which is as good.
function moveInto(making: string, folder: string, split: string): void {
  try {
    if (!existsSync(indexPath(folder, split))) rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } catch (error) {
    if (!existsSync(indexPath(folder, split))) throw error;
    rmSync(making, { recursive: true, force: true });
  }
}

type FileSource = Extract<ClassificationSource, { readonly kind: 'files' }>;

function cacheKey({ files, labels, boxes }: FileSource, policy: string): string {
  const hash = createHash('sha256').update(`1 ${policy}\n`);
  for (const file of files) {
    const stats = statSync(file, { throwIfNoEntry: false });
    hash.update(`${file}\0${stats?.size ?? -1} ${stats?.mtimeMs ?? -1}\n`);
  }
  for (const values of [labels, boxes]) {
    if (values !== undefined) hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

async function checkSpace(
  { files }: FileSource,
  { folder, sizeFor }: { readonly folder: string; readonly sizeFor: (image: ImageSize) => ImageSize | undefined },
): Promise<void> {
  const stride = Math.max(1, Math.floor(files.length / SAMPLED));
  const sampled = files.filter((_, i) => i % stride === 0);
  let bytes = 0;
  for (const file of sampled) {
    const original = await readImageSize(file);
    const { width, height } = sizeFor(original) ?? original;
    bytes += 3 * width * height;
  }
  const needed = (bytes / sampled.length) * files.length;
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize, blocks } = await statfs(folder);
  const free = bavail * bsize - KEPT_FREE * blocks * bsize;
  if (needed < free) return;
  const gigabytes = (value: number): string => `${(Math.max(0, value) / 1e9).toFixed(1)} GB`;
  throw new DatasetError({
    where: folder,
    found: `${gigabytes(free)} of free space`,
    expected: `${gigabytes(needed)} for the decoded images`,
    fix: 'Name a folder on a larger disk, or train without a cache',
  });
}
