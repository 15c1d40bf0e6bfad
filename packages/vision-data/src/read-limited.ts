import { readFileSync, statSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { DatasetError, fileFaultFound } from '@featuremine/errors';

/** What a file must be, and for whom. */
export interface ReadLimit {
  /** Bytes of the largest file that is read. */
  readonly largestBytes: number;
  /** The file in messages; its path by default. */
  readonly where?: string;
  /** What is expected, such as `an image`. */
  readonly what: string;
  readonly fix: string;
}

/**
 * The bytes of a file: not of a folder, a device or a pipe, which might never end, and not more than it may have.
 *
 * @throws DatasetError for a file that is missing, none, too large or cannot be read
 */
export function readLimited(path: string, limit: ReadLimit): Buffer<ArrayBuffer> {
  try {
    checkFile(statSync(path), path, limit);
    return readFileSync(path);
  } catch (error) {
    throw named(error, path, limit);
  }
}

/** As `readLimited`, without blocking; with `headBytes` only so much of its start. */
export async function readLimitedAsync(path: string, limit: ReadLimit, headBytes?: number): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    checkFile(stats, path, limit);
    if (headBytes === undefined || headBytes >= stats.size) return await readFile(path);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw named(error, path, limit);
  }
}

function checkFile(
  stats: { readonly size: number; isFile(): boolean; isDirectory(): boolean },
  path: string,
  { largestBytes, where = path, what, fix }: ReadLimit,
): void {
  if (!stats.isFile()) {
    throw new DatasetError({ where, found: stats.isDirectory() ? 'a folder' : 'no plain file', expected: what, fix });
  }
  if (stats.size > largestBytes) {
    const expected = `${what} of at most ${largestBytes}`;
    throw new DatasetError({ where, found: `${stats.size} bytes`, expected, fix });
  }
}

function named(error: unknown, path: string, { where = path, what, fix }: ReadLimit): DatasetError {
  if (error instanceof DatasetError) return error;
  return new DatasetError({ where, found: fileFaultFound(error), expected: what, fix }, { cause: error });
}
