import { readFileSync } from 'node:fs';

/** The text of a file; undefined where there is none. @throws an error of Node's file functions if it cannot be read */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
