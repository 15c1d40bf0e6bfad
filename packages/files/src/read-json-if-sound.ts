import { readFileSync } from 'node:fs';
import { parseJson } from '@featuremine/errors';

/**
 * The content of a JSON file that a program keeps for itself; undefined where it is missing or damaged, so that it is made
 * anew. @throws an error of Node's file functions where it is there but cannot be read
 */
export function readJsonIfSound(path: string): unknown {
  const text = readIfThere(path);
  try {
    return text === undefined ? undefined : parseJson(text);
  } catch {
    return undefined; // Half written by a process that was killed.
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
