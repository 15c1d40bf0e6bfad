import { closeSync, fstatSync, readSync } from 'node:fs';
import { UserError, WeightsError, fileFaultFound } from '@featuremine/errors';
import { openPlainFile } from '@featuremine/files';

/** Bytes of the largest file that is read; a detector with its optimizer's state takes half of one GiB. */
const LARGEST_FILE_BYTES = 8 * 2 ** 30;

/**
 * A file that is read by offset, with every read checked against the file's size.
 *
 * Throws WeightsError where the file cannot be opened, or a read would leave it; FileError for a folder or a pipe.
 */
export class BoundedFile {
  readonly path: string;
  readonly sizeBytes: number;
  private readonly descriptor: number;

  private constructor(path: string, descriptor: number, sizeBytes: number) {
    this.path = path;
    this.descriptor = descriptor;
    this.sizeBytes = sizeBytes;
  }

  /** Opens the file for the time of `use`. */
  static with<T>(path: string, use: (file: BoundedFile) => T): T {
    let descriptor: number;
    try {
      descriptor = openPlainFile(path);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const fix = 'Check the path and its permissions';
      throw new WeightsError({ where: path, found: fileFaultFound(cause), fix }, { cause });
    }
    try {
      const stats = fstatSync(descriptor);
      if (stats.size > LARGEST_FILE_BYTES) {
        const expected = `at most ${LARGEST_FILE_BYTES}`;
        throw new WeightsError({ where: path, found: `${stats.size} bytes`, expected, fix: 'Check what the file is' });
      }
      return use(new BoundedFile(path, descriptor, stats.size));
    } finally {
      closeSync(descriptor);
    }
  }

  /** Bytes `[offset, offset + length)` in memory of their own. */
  read(offset: number, length: number, what: string): Uint8Array<ArrayBuffer> {
    if (!isCount(offset) || !isCount(length) || offset + length > this.sizeBytes) {
      throw this.fault(`${what} at bytes ${offset} to ${offset + length}`, `bytes within the file's ${this.sizeBytes}`);
    }
    const bytes = this.allocate(length, what);
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.descriptor, bytes, filled, Math.min(length - filled, 1 << 30), offset + filled);
      if (count === 0) throw this.fault(`${what} ends at byte ${offset + filled}`, `${length} bytes from ${offset}`);
      filled += count;
    }
    return bytes;
  }

  /** Memory for a part of the file. @throws WeightsError where there is not so much */
  allocate(length: number, what: string): Uint8Array<ArrayBuffer> {
    try {
      return new Uint8Array(length);
    } catch {
      throw this.fault(`${what} of ${length} bytes`, 'no more than fits into the memory');
    }
  }

  /** The error for a file whose content contradicts its format. */
  fault(found: string, expected: string): WeightsError {
    return new WeightsError({
      where: this.path,
      found,
      expected,
      fix: 'The file is damaged or of another format: fetch or export it again',
    });
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
