import { closeSync, read } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ShardEntry } from './records-index';
import { changedShard, openShardFile, readShardTable } from './shard-table';
import type { ShardTable } from './shard-table';

/** Where packed records are; plain data. */
export interface RecordFolder {
  readonly folder: string;
  readonly shards: readonly ShardEntry[];
}

/** Shards that are kept open. */
const OPEN_SHARDS = 32;
/** Bytes, and records, that are read at a time. */
const READ_BYTES = 4 << 20;
const READ_RECORDS = 4096;

const readAt = promisify(read);

interface OpenShard extends ShardTable {
  readonly path: string;
  readonly descriptor: number;
  /** Readings in progress; the file is closed when there is none. */
  users: number;
  isEvicted: boolean;
}

/**
 * Reads packed records by their number through all shards, or one after the other. Of the shards, the latest few stay
 * open with their tables, so memory does not go with the number of records.
 */
export class RecordFiles {
  private readonly firsts: readonly number[];
  private readonly open = new Map<number, OpenShard>();

  constructor(private readonly source: RecordFolder) {
    let first = 0;
    this.firsts = source.shards.map(({ count }) => {
      first += count;
      return first - count;
    });
  }

  /** The bytes of one record. @throws DatasetError when its shard is missing or damaged */
  async read(record: number): Promise<Uint8Array> {
    const { shard, within } = this.placeOf(record);
    const { offsets } = this.shard(shard);
    return this.readBytes(shard, offsets[within], offsets[within + 1]);
  }

  /** The class id of one record. @throws DatasetError as `read` */
  labelOf(record: number): number {
    const { shard, within } = this.placeOf(record);
    return this.shard(shard).labels[within];
  }

  /** Where a record is, for messages: `train-00003.records, record 17`. */
  describe(record: number): string {
    const { shard, within } = this.placeOf(record);
    return `${join(this.source.folder, this.source.shards[shard].file)}, record ${within}`;
  }

  /**
   * The bytes of these records in their order; neighbours are read together, the next ones ahead of time. Each has
   * memory of its own, which may move to another thread.
   */
  async *readSequence(records: Iterable<number>): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const runs = this.runsOf(records);
    const begin = (): Promise<Run> | undefined => {
      const next = runs.next();
      if (next.done === true) return undefined;
      const run = this.readRun(next.value);
      run.catch(() => undefined); // Thrown in its turn, or never when the reader stops early.
      return run;
    };
    let reading = begin();
    while (reading !== undefined) {
      const { bytes, ends } = await reading;
      reading = begin();
      let start = 0;
      for (const end of ends) {
        yield new Uint8Array(bytes.subarray(start, end));
        start = end;
      }
    }
  }

  /** Closes all files that nobody is reading. */
  close(): void {
    for (const shard of this.open.values()) evict(shard);
    this.open.clear();
  }

  private async readRun({ shard, first, last }: RunPlace): Promise<Run> {
    const { offsets } = this.shard(shard);
    const bytes = await this.readBytes(shard, offsets[first], offsets[last + 1]);
    const ends = Array.from(offsets.subarray(first + 1, last + 2), (offset) => offset - offsets[first]);
    return { bytes, ends };
  }

  // Records that follow each other in a shard, up to the limits of one reading.
  private *runsOf(records: Iterable<number>): Generator<RunPlace, void, undefined> {
    let run: RunPlace | undefined;
    for (const record of records) {
      const { shard, within } = this.placeOf(record);
      if (run !== undefined && this.isNext(run, shard, within)) run = { ...run, last: within };
      else {
        if (run !== undefined) yield run;
        run = { shard, first: within, last: within };
      }
    }
    if (run !== undefined) yield run;
  }

  private isNext({ shard, first, last }: RunPlace, otherShard: number, within: number): boolean {
    if (otherShard !== shard || within !== last + 1 || within - first >= READ_RECORDS) return false;
    const { offsets } = this.shard(shard);
    return offsets[within + 1] - offsets[first] <= READ_BYTES;
  }

  private async readBytes(number: number, from: number, to: number): Promise<Uint8Array> {
    const shard = this.shard(number);
    const bytes = new Uint8Array(to - from);
    shard.users++;
    try {
      for (let filled = 0; filled < bytes.length;) {
        const { bytesRead } = await readAt(shard.descriptor, bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) throw changedShard(shard.path, `it ends at byte ${from + filled}`, `${to} bytes`);
        filled += bytesRead;
      }
      return bytes;
    } finally {
      shard.users--;
      if (shard.isEvicted && shard.users === 0) closeSync(shard.descriptor);
    }
  }

  private shard(number: number): OpenShard {
    let shard = this.open.get(number);
    if (shard === undefined) {
      const path = join(this.source.folder, this.source.shards[number].file);
      const table = readShardTable(path, this.source.shards[number]);
      shard = { ...table, path, descriptor: openShardFile(path), users: 0, isEvicted: false };
    } else this.open.delete(number);
    this.open.set(number, shard); // the latest is the last
    if (this.open.size > OPEN_SHARDS) {
      const [oldest, evicted] = this.open.entries().next().value!;
      this.open.delete(oldest);
      evict(evicted);
    }
    return shard;
  }

  private placeOf(record: number): { readonly shard: number; readonly within: number } {
    let [low, high] = [0, this.firsts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.firsts[middle] <= record) low = middle;
      else high = middle - 1;
    }
    return { shard: low, within: record - this.firsts[low] };
  }
}

/** Neighbours in a shard: the first and the last of them. */
interface RunPlace {
  readonly shard: number;
  readonly first: number;
  readonly last: number;
}

interface Run {
  readonly bytes: Uint8Array;
  /** Where each record ends in `bytes`. */
  readonly ends: readonly number[];
}

function evict(shard: OpenShard): void {
  shard.isEvicted = true;
  if (shard.users === 0) closeSync(shard.descriptor);
}
