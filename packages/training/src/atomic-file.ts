import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { flushFolder } from '@featuremine/weights';
import { fileFault } from './run-folder-error';

/**
 * A file that is written in parts, beside the old one of that name: until `commit`, readers see the old one.
 *
 * The constructor and each method throw RunFolderError if the file cannot be written; the old one is then untouched.
 */
export class AtomicFile {
  private readonly temporary: string;
  private descriptor: number | undefined;

  constructor(private readonly path: string) {
    this.temporary = `${path}.${process.pid}.tmp`;
    this.attempt(() => (this.descriptor = openSync(this.temporary, 'w')));
  }

  write(text: string): void {
    this.attempt(() => writeAll(this.descriptor!, text));
  }

  /** Flushes what was written, and puts it in the old file's place. */
  commit(): void {
    this.attempt(() => {
      fsyncSync(this.descriptor!);
      renameSync(this.temporary, this.path);
    });
    closeSync(this.descriptor!);
    this.descriptor = undefined;
    flushFolder(dirname(this.path));
  }

  /** Removes what was written, and leaves the old file; after `commit` it does nothing. */
  discard(): void {
    if (this.descriptor === undefined) return;
    closeSync(this.descriptor);
    this.descriptor = undefined;
    removeQuietly(this.temporary);
  }

  private attempt(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.discard();
      throw fileFault(this.path, cause);
    }
  }
}

/**
 * Replaces a file by a text: readers see the old content or the new one, never a part, also after a crash.
 *
 * @throws RunFolderError if the file cannot be written; the old one is then untouched.
 */
export function writeFileAtomic(path: string, text: string): void {
  const file = new AtomicFile(path);
  file.write(text);
  file.commit();
}

/** Writes a new file and flushes it to the disk. */
export function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, 'w');
  try {
    writeAll(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}

/** Removes what a failed operation left, if it can: the first fault is the one to tell of. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A later start removes what ends in .tmp.
  }
}
