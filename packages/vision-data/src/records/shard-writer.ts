import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { DatasetError, fileFaultFound } from '@featuremine/errors';
import { recordCrc } from './packed-record';
import type { ShardEntry } from './records-index';
import { SHARD_HEADER_BYTES, SHARD_MARK, TABLE_ENTRY_BYTES, TRAILER_BYTES } from './shard-table';

const WRITE_BYTES = 1 << 20;

/** Writes one shard; it has its name when it is finished, and `<name>.partial` before. */
export class ShardWriter {
  private readonly table: Buffer[] = [];
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** Bytes of the header and of all records so far. */
  sizeBytes = SHARD_HEADER_BYTES;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {
    const header = Buffer.alloc(SHARD_HEADER_BYTES);
    header.write(SHARD_MARK, 'latin1');
    this.keep(header);
  }

  static async create(path: string): Promise<ShardWriter> {
    return new ShardWriter(path, await writing(path, () => open(`${path}.partial`, 'w')));
  }

  /** Records so far. */
  get count(): number {
    return this.table.length;
  }

  /** Adds a record, as `encodeRecord` made it. */
  async append(record: Uint8Array, label: number): Promise<void> {
    const entry = Buffer.alloc(TABLE_ENTRY_BYTES);
    entry.writeUInt32LE(record.length, 0);
    entry.writeUInt32LE(label, 4);
    entry.writeUInt32LE(recordCrc(record), 8);
    this.table.push(entry);
    this.sizeBytes += record.length;
    this.keep(record);
    if (this.waitingBytes >= WRITE_BYTES) await this.flush();
  }

  /** Writes table and trailer, flushes the file to the disk, and gives it its name. */
  async finish(): Promise<ShardEntry> {
    const table = Buffer.concat(this.table);
    const tableCrc = crc32(table);
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.write(SHARD_MARK, 'latin1');
    trailer.writeUInt32LE(this.count, 8);
    trailer.writeUInt32LE(tableCrc, 12);
    trailer.writeBigUInt64LE(BigInt(this.sizeBytes), 16);
    this.keep(table);
    this.keep(trailer);
    await this.flush();
    await writing(this.path, async () => {
      await this.handle.sync();
      await this.handle.close();
      await rename(`${this.path}.partial`, this.path);
    });
    const sizeBytes = this.sizeBytes + table.length + TRAILER_BYTES;
    return { file: basename(this.path), count: this.count, sizeBytes, tableCrc };
  }

  /** Gives up: removes what was written. */
  async abandon(): Promise<void> {
    await this.handle.close();
    await rm(`${this.path}.partial`, { force: true });
  }

  private keep(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    await writing(this.path, async () => {
      for (let written = 0; written < bytes.length;) {
        written += (await this.handle.write(bytes, written)).bytesWritten;
      }
    });
  }
}

async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const found = `it cannot be written (${fileFaultFound(cause)})`;
    const fix = 'Free some space, or name another folder';
    throw new DatasetError({ where: path, found, fix }, { cause });
  }
}
