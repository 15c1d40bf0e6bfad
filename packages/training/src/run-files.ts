import { closeSync, fsyncSync, openSync } from 'node:fs';
import { writeAll, writeFileAtomic } from '@featuremine/files';
import { fileFault } from './run-folder-error';

/**
 * Replaces a file of a run by a text: readers see the old content or the new one, never a part, also after a crash.
 *
 * @throws RunFolderError if the file cannot be written; the old one is then untouched.
 */
export function writeRunFile(path: string, text: string): void {
  writeFileAtomic(path, text, fileFault);
}

/** Writes a new file and flushes it to the disk. */
export function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, 'w');
  try {
    writeAll(descriptor, Buffer.from(text, 'utf8'));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
