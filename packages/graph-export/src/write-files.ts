import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileFaultFound } from '@featuremine/errors';
import { AtomicFile } from '@featuremine/files';
import { ExportError } from './export-error';

/**
 * Writes the files of an export into a folder, which is made if it is missing; an earlier export there is replaced when all
 * of the new one is on the disk. What matches `stale` and is no part of it is removed. Returns the names.
 *
 * @throws ExportError when the folder cannot be written
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array | string>, stale?: RegExp): string[] {
  const written: AtomicFile[] = [];
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of files) {
      const file = new AtomicFile(join(folder, name), (_, cause) => cause);
      written.push(file);
      file.write(content);
    }
    for (const file of written) file.commit();
    if (stale !== undefined) {
      for (const name of readdirSync(folder)) if (stale.test(name) && !files.has(name)) rmSync(join(folder, name));
    }
    return [...files.keys()];
  } catch (cause) {
    const found = `the export cannot be written (${fileFaultFound(cause)})`;
    const fix = 'Check the folder, its permissions and the free space';
    throw new ExportError({ where: folder, found, fix }, { cause });
  } finally {
    for (const file of written) file.discard();
  }
}
