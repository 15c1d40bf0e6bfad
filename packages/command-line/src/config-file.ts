import { readFileSync, statSync } from 'node:fs';
import { ConfigError, fileFaultFound, parseJson } from '@featuremine/errors';

const maxSizeBytes = 1024 * 1024;

/**
 * Reads a JSON config file of at most 1 MiB whose root is an object. Keys that begin with `//` are comments.
 *
 * @throws ConfigError if the file is missing, too large, no JSON or no object.
 */
export function readConfigFile(path: string): Record<string, unknown> {
  const text = readText(path);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    const found = `no valid JSON (${(cause as Error).message})`;
    throw new ConfigError({ where: path, found, fix: 'Fix the file' }, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const expected = 'an object such as {"epochs": 10}';
    throw new ConfigError({ where: path, found: 'its root is no object', expected, fix: 'Put the keys in { }' });
  }
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('//')));
}

function readText(path: string): string {
  const fix = 'Pass the path of a JSON file to --config';
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new ConfigError({ where: path, found: 'no file', expected: 'a JSON file', fix });
    if (stat.size > maxSizeBytes) {
      const found = `${stat.size} bytes`;
      throw new ConfigError({ where: path, found, expected: `a config file of at most ${maxSizeBytes} bytes`, fix });
    }
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError({ where: path, found: fileFaultFound(cause), fix }, { cause });
  }
}
