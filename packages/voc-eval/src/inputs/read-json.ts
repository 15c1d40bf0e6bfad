import { readFileSync } from 'node:fs';
import { DatasetError } from '@featuremine/errors';

/** The content of a JSON file; a byte order mark is skipped. DatasetError when it cannot be read or is no JSON. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const found =
      code === 'ENOENT'
        ? 'no such file'
        : code === 'EISDIR'
          ? 'a folder'
          : code === 'ERR_STRING_TOO_LONG'
            ? 'more than 512 MB'
            : String(code);
    throw new DatasetError({ where: path, found, expected: 'a JSON file', fix: 'Check the path' }, { cause: error });
  }
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown;
  } catch (error) {
    const found = `no valid JSON (${(error as Error).message})`;
    throw new DatasetError({ where: path, found, fix: 'Write the file anew' }, { cause: error });
  }
}
