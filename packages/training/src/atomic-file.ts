import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { flushFolder } from '@featuremine/weights';
import { fileFault } from './run-folder-error';

/**
 * Replaces a file by a text: readers see the old content or the new one, never a part, also after a crash.
 *
 * @throws RunFolderError if the file cannot be written; the old one is then untouched.
 */
export function writeFileAtomic(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeDurably(temporary, text);
    renameSync(temporary, path);
  } catch (cause) {
    removeQuietly(temporary);
    throw fileFault(path, cause);
  }
  flushFolder(dirname(path));
}

/** Writes a new file and flushes it to the disk. */
export function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, 'w');
  try {
    const bytes = Buffer.from(text, 'utf8');
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes what a failed operation left, if it can: the first fault is the one to tell of. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A later start removes what ends in .tmp.
  }
}
