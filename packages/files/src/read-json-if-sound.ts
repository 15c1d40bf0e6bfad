import { parseJson } from '@featuremine/errors';
import { readIfThere } from './read-if-there';

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
