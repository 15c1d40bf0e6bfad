import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { fileFault } from './run-folder-error';

/** A line of metrics.jsonl. */
export type MetricsRecord = Readonly<Record<string, string | number>>;

/**
 * metrics.jsonl: one JSON object a line, appended as training goes. A checkpoint remembers the length, and a resumed
 * run cuts the file there, so that no step is in it twice.
 */
export class MetricsLog {
  private readonly path: string;
  private readonly descriptor: number;
  private length: number;

  private constructor(path: string, descriptor: number, length: number) {
    this.path = path;
    this.descriptor = descriptor;
    this.length = length;
  }

  /** Opens the file and keeps the whole lines of its first `keepBytes` bytes. @throws RunFolderError */
  static open(path: string, keepBytes: number): MetricsLog {
    try {
      const descriptor = openSync(path, 'a+');
      const length = wholeLines(descriptor, Math.min(keepBytes, fstatSync(descriptor).size));
      ftruncateSync(descriptor, length);
      return new MetricsLog(path, descriptor, length);
    } catch (cause) {
      throw fileFault(path, cause);
    }
  }

  /** The length of the file. */
  get sizeBytes(): number {
    return this.length;
  }

  /** Appends a line. @throws RunFolderError */
  append(record: MetricsRecord): void {
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`, 'utf8');
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.descriptor, bytes, written);
    } catch (cause) {
      throw fileFault(this.path, cause);
    }
    this.length += bytes.length;
  }

  /** Flushes to the disk, before a checkpoint that remembers the length. @throws RunFolderError */
  flush(): void {
    try {
      fsyncSync(this.descriptor);
    } catch (cause) {
      throw fileFault(this.path, cause);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

// Where the last line that ends within the first `length` bytes ends; a line is shorter than 64 KiB.
function wholeLines(descriptor: number, length: number): number {
  const start = Math.max(0, length - 65536);
  const tail = Buffer.alloc(length - start);
  const count = readSync(descriptor, tail, 0, tail.length, start);
  return start + tail.subarray(0, count).lastIndexOf(0x0a) + 1;
}
