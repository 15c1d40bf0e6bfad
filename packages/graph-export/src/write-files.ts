import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExportError } from './export-error';

/**
 * Writes the files of an export into a folder, which is made if it is missing; an earlier export there is replaced.
 * Returns their names.
 *
 * @throws ExportError when the folder cannot be written
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array | string>, stale?: RegExp): string[] {
  try {
    mkdirSync(folder, { recursive: true });
    if (stale !== undefined) {
      for (const name of readdirSync(folder)) if (stale.test(name)) rmSync(join(folder, name));
    }
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
    return [...files.keys()];
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'an error';
    const fix = 'Check the folder, its permissions and the free space';
    throw new ExportError({ where: folder, found: `the export cannot be written (${code})`, fix }, { cause });
  }
}
