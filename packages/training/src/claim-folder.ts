import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { readJson } from '@featuremine/files';
import { writeRunFile } from './run-files';

/** What `claimFolder` keeps in a folder, and says where it finds something else. */
export interface FolderClaim {
  /** Name of the file in the folder: `chain.json`. */
  readonly file: string;
  /** Options that must stay as they are, by key; those that may change are left out. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the folder holds, in words: `a chain`. */
  readonly what: string;
  /** What to do about other options. */
  readonly fix: string;
}

/**
 * Keeps the options of the work in a folder, which is made if it is not there: the same work goes on in it, and work with
 * other options is refused. A folder without the file is taken.
 *
 * @throws ConfigError that names the options that differ, with their values from before; RunFolderError if the file
 * cannot be written.
 */
export function claimFolder(folder: string, { file, options, what, fix }: FolderClaim): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  const text = JSON.stringify(options, null, 1);
  if (!existsSync(path)) {
    writeRunFile(path, `${text}\n`);
    return;
  }
  const before = readOptions(path, what);
  const now = JSON.parse(text) as Record<string, unknown>;
  const changed = Object.keys({ ...before, ...now }).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]),
  );
  if (changed.length === 0) return;
  throw new ConfigError({
    where: folder,
    found: `${what} with other options (${changed.map((key) => `${key}: ${JSON.stringify(before[key])}`).join(', ')})`,
    fix,
  });
}

function readOptions(path: string, what: string): Record<string, unknown> {
  const value = readJson(path);
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  const fix = 'Remove the file if the options are as they were, or give --out another folder';
  throw new ConfigError({ where: path, found: 'no options', expected: `those of ${what}`, fix });
}
