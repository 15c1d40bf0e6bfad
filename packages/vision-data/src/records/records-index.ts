import { join } from 'node:path';
import { DatasetError, parseJson } from '@featuremine/errors';
import { writeFileAtomic } from '@featuremine/files';
import { readLimited } from '../read-limited';

/** One file of records. */
export interface ShardEntry {
  /** Name in the folder of the index. */
  readonly file: string;
  /** Records in it. */
  readonly count: number;
  readonly sizeBytes: number;
  /** CRC-32 of its table, which holds the CRC-32 of every record. */
  readonly tableCrc: number;
}

/** What is known about a packed part of a data set: the content of `<split>.json` beside its shards. */
export interface RecordsIndex {
  readonly format: typeof FORMAT;
  readonly version: 1;
  readonly split: string;
  /** Kind of the data set that was packed, for the augmentation that is usual for it. */
  readonly kind: string;
  readonly classNames: readonly string[];
  readonly count: number;
  readonly shards: readonly ShardEntry[];
  /** What identifies the source, where somebody gave it a name (a cache's key). */
  readonly key?: string | undefined;
}

const FORMAT = 'featuremine-records';
/** Some hundred thousand shards. */
const LARGEST_INDEX_BYTES = 64 * 2 ** 20;

/** Path of the index of a part. */
export function indexPath(folder: string, split: string): string {
  return join(folder, `${split}.json`);
}

/** Writes the index of a part, as the last of its files: shards without it are not finished. */
export function writeRecordsIndex(folder: string, index: Omit<RecordsIndex, 'format' | 'version'>): void {
  const path = indexPath(folder, index.split);
  writeFileAtomic(path, `${JSON.stringify({ format: FORMAT, version: 1, ...index })}\n`);
}

/**
 * Reads the index of a part.
 *
 * @throws DatasetError when it is missing, no such index, of a newer version, or contradicts itself
 */
export function readRecordsIndex(folder: string, split: string): RecordsIndex {
  const path = indexPath(folder, split);
  const what = 'the index of packed records';
  const fix = 'Give the folder that backbone-pretrain pack wrote; without this file it was not finished';
  const text = readLimited(path, { largestBytes: LARGEST_INDEX_BYTES, what, fix }).toString('utf8');
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (cause) {
    const found = `it is no JSON (${(cause as Error).message})`;
    throw new DatasetError({ where: path, found, expected: what, fix }, { cause });
  }
  const index = content as Partial<RecordsIndex> | null;
  if (index?.format !== FORMAT) throw wrongIndex(path, 'another kind of file');
  if (index.version !== 1) throw wrongIndex(path, `version ${String(index.version)}, which this program does not know`);
  if (!isIndex(index)) throw wrongIndex(path, 'missing or wrong entries');
  return index;
}

function isIndex(index: Partial<RecordsIndex>): index is RecordsIndex {
  const { split, kind, classNames, count, shards } = index;
  if (typeof split !== 'string' || typeof kind !== 'string') return false;
  if (!Array.isArray(classNames) || !classNames.every((name) => typeof name === 'string')) return false;
  if (!Array.isArray(shards) || !(shards as readonly unknown[]).every(isShard)) return false;
  return count === (shards as readonly ShardEntry[]).reduce((sum, shard) => sum + shard.count, 0);
}

function isShard(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { file, count, sizeBytes, tableCrc } = value as Partial<ShardEntry>;
  const isName = typeof file === 'string' && /^[\w.-]+$/.test(file) && !file.startsWith('.');
  return isName && [count, sizeBytes, tableCrc].every((number) => Number.isSafeInteger(number) && number! >= 0);
}

function wrongIndex(path: string, found: string): DatasetError {
  const expected = 'an index that backbone-pretrain pack wrote';
  return new DatasetError({ where: path, found, expected, fix: 'Pack the data set again' });
}
