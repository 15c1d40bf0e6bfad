import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fileErrorOf } from '@featuremine/errors';
import { flushFolder } from './flush-folder';

/** The error for a file that cannot be written, made of what the system says. */
export type WriteFault = (path: string, cause: unknown) => unknown;

/**
 * A file that is written in parts, beside the old one of that name: until `commit`, readers see the old one, and then
 * the new one, never a part; also after a crash.
 *
 * A link stays, and its file is replaced; a device or a pipe, such as /dev/stdout, is written into.
 *
 * The constructor, `write` and `commit` throw what `fault` makes of the system's error, by default a FileError; the old
 * file is then untouched, and nothing else is left.
 */
export class AtomicFile {
  /** The file that a link leads to. */
  private readonly place: string;
  /** Where the parts go; undefined for what cannot be replaced. */
  private readonly temporary: string | undefined;
  private descriptor: number | undefined;

  constructor(
    private readonly path: string,
    private readonly fault: WriteFault = fileFault,
  ) {
    const isThere = existsSync(path);
    this.place = isThere ? realpathSync(path) : path;
    const isReplaced = !isThere || statSync(path).isFile();
    this.temporary = isReplaced ? `${this.place}.${process.pid}-${randomBytes(4).toString('hex')}.tmp` : undefined;
    this.attempt(() => (this.descriptor = openSync(this.temporary ?? this.place, isReplaced ? 'wx' : 'w')));
  }

  /** Adds a text as UTF-8, or bytes. */
  write(part: string | Uint8Array): void {
    this.attempt(() => writeAll(this.descriptor!, typeof part === 'string' ? Buffer.from(part, 'utf8') : part));
  }

  /** Flushes what was written, and puts it in the old file's place. */
  commit(): void {
    const { temporary } = this;
    if (temporary !== undefined) {
      this.attempt(() => {
        fsyncSync(this.descriptor!);
        renameSync(temporary, this.place);
      });
      flushFolder(dirname(this.place));
    }
    closeSync(this.descriptor!);
    this.descriptor = undefined;
  }

  /** Removes what was written, and leaves the old file; after `commit` it does nothing. */
  discard(): void {
    if (this.descriptor === undefined) return;
    closeSync(this.descriptor);
    this.descriptor = undefined;
    if (this.temporary !== undefined) rmSync(this.temporary, { force: true });
  }

  private attempt(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.discard();
      throw this.fault(this.path, cause);
    }
  }
}

/** Replaces a file by a text or bytes, as an AtomicFile does. */
export function writeFileAtomic(path: string, content: string | Uint8Array, fault?: WriteFault): void {
  const file = new AtomicFile(path, fault);
  file.write(content);
  file.commit();
}

/** Writes all bytes, in parts that the system takes at once. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written, Math.min(bytes.length - written, 1 << 30));
  }
}

function fileFault(path: string, cause: unknown): unknown {
  return fileErrorOf(cause, path) ?? cause;
}
