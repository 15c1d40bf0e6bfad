import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { DatasetError, UserError, fileFaultFound } from '@featuremine/errors';
import { openPlainFile } from '@featuremine/files';
import type { ShardEntry } from './records-index';

/**
 * A shard is a header of 16 bytes (the mark and zeros), records one behind the other, a table, and a trailer of 32
 * bytes: the mark, u32 records, u32 CRC-32 of the table, u64 offset of the table, 8 zeros. The table has for each record
 * u32 bytes, u32 label, u32 CRC-32. Numbers are little-endian.
 */
export const SHARD_MARK = 'FMRECS01';
export const SHARD_HEADER_BYTES = 16;
export const TABLE_ENTRY_BYTES = 12;
export const TRAILER_BYTES = 32;

/** Bytes of the largest table, and of the largest record: as for image files. */
const LARGEST_BYTES = 512 * 2 ** 20;

/** Where the records of a shard are. */
export interface ShardTable {
  /** [count + 1] offset of each record in the file, and the end of the last. */
  readonly offsets: Float64Array;
  /** [count] class ids. */
  readonly labels: Uint32Array;
}

/** Reads the table of a shard. @throws DatasetError when the file is missing, or not the one that the index knows */
export function readShardTable(path: string, entry: ShardEntry): ShardTable {
  const descriptor = openShardFile(path);
  try {
    const { size } = fstatSync(descriptor);
    if (size !== entry.sizeBytes) throw changedShard(path, `${size} bytes`, `${entry.sizeBytes} bytes`);
    const tableBytes = entry.count * TABLE_ENTRY_BYTES;
    if (tableBytes > LARGEST_BYTES || SHARD_HEADER_BYTES + tableBytes + TRAILER_BYTES > size) {
      throw changedShard(path, `a shard of ${size} bytes`, `one with a table of ${entry.count} records`);
    }
    const end = Buffer.alloc(tableBytes + TRAILER_BYTES);
    const start = size - end.length;
    for (let filled = 0; filled < end.length;) {
      const count = readSync(descriptor, end, filled, end.length - filled, start + filled);
      if (count === 0) throw changedShard(path, `it ends at byte ${start + filled}`, `${size} bytes`);
      filled += count;
    }
    return tableOf(end, { path, entry, start });
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a shard for reading. @throws DatasetError, or FileError for what is no file */
export function openShardFile(path: string): number {
  try {
    return openPlainFile(path);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new DatasetError(
      {
        where: path,
        found: fileFaultFound(cause),
        expected: 'a shard that the index names',
        fix: 'Copy all shards, or pack again',
      },
      { cause },
    );
  }
}

/** The error for a shard that is another one than the index knows. */
export function changedShard(path: string, found: string, expected: string): DatasetError {
  return new DatasetError({ where: path, found, expected, fix: 'Copy the shard again, or pack the data set again' });
}

// `end` is the file from `start`: the table and the trailer.
function tableOf(
  end: Buffer,
  { path, entry, start }: { readonly path: string; readonly entry: ShardEntry; readonly start: number },
): ShardTable {
  const table = end.subarray(0, -TRAILER_BYTES);
  const trailer = end.subarray(-TRAILER_BYTES);
  const isSame =
    table.length === entry.count * TABLE_ENTRY_BYTES &&
    trailer.toString('latin1', 0, SHARD_MARK.length) === SHARD_MARK &&
    trailer.readUInt32LE(8) === entry.count &&
    trailer.readBigUInt64LE(16) === BigInt(start) &&
    trailer.readUInt32LE(12) === entry.tableCrc &&
    crc32(table) === entry.tableCrc;
  if (!isSame) throw changedShard(path, 'another table', 'the table that the index knows');
  const offsets = new Float64Array(entry.count + 1);
  const labels = new Uint32Array(entry.count);
  offsets[0] = SHARD_HEADER_BYTES;
  for (let i = 0; i < entry.count; i++) {
    const recordBytes = table.readUInt32LE(i * TABLE_ENTRY_BYTES);
    if (recordBytes > LARGEST_BYTES) {
      throw changedShard(path, `record ${i} of ${recordBytes} bytes`, `at most ${LARGEST_BYTES}`);
    }
    offsets[i + 1] = offsets[i] + recordBytes;
    labels[i] = table.readUInt32LE(i * TABLE_ENTRY_BYTES + 4);
  }
  if (offsets[entry.count] !== start) throw changedShard(path, 'records of another length', 'those of its table');
  return { offsets, labels };
}
