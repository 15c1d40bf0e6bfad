import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { writeFileAtomic } from '@featuremine/files';
import { isSafeName } from './devkit';

/** Writes a text file as a whole, making its folder. */
export function writeTextFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, text);
}

/** @throws DatasetError when a name would lead out of its folder, or could not be read back. */
export function checkName(what: string, name: string): void {
  if (isSafeName(name) && name.trim() === name) return;
  throw new DatasetError({
    where: `${what} ${JSON.stringify(name)}`,
    found: 'it cannot be part of a file name',
    expected: 'a name without slashes, control characters and blanks at its ends',
    fix: 'Rename it',
  });
}
