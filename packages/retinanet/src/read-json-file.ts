import { readFileSync } from 'node:fs';
import { DatasetError } from '@featuremine/errors';

/** The content of a JSON file; a byte order mark is skipped. @throws DatasetError when it cannot be read or is no JSON */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'an error';
    const found = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    throw new DatasetError({ where: path, found, expected: 'a JSON file', fix: 'Check the path' }, { cause });
  }
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown;
  } catch (cause) {
    const found = `no valid JSON (${(cause as Error).message})`;
    throw new DatasetError({ where: path, found, fix: 'Write the file anew' }, { cause });
  }
}
