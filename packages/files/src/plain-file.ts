import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { FileError } from '@featuremine/errors';

/**
 * Opens a plain file for reading. A pipe is not waited for, as the system's own opening does.
 *
 * @throws FileError for a folder, a pipe or a device; the system's error where it cannot be opened
 */
export function openPlainFile(path: string): number {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile()) return descriptor;
    const found = stats.isDirectory() ? 'a folder' : 'a pipe or a device';
    throw new FileError({ where: path, found, expected: 'a file', fix: 'Name the file itself' });
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * The bytes of a plain file.
 *
 * @throws FileError as `openPlainFile`, and for a file of more than `largestBytes`
 */
export function readPlainFile(path: string, largestBytes: number): Buffer {
  const descriptor = openPlainFile(path);
  try {
    const { size } = fstatSync(descriptor);
    if (size > largestBytes) {
      const expected = `at most ${largestBytes}`;
      throw new FileError({ where: path, found: `${size} bytes`, expected, fix: 'Check what the file is' });
    }
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
