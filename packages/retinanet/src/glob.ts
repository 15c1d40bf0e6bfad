import { readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';

/** True for a path with a pattern in it: `*`, `?` or `[…]`. */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/**
 * The files that a pattern names, sorted: `*` and `?` stand for letters of one name, `[abc]` and `[a-z]` for one letter,
 * `**` for any folders. Names that begin with a point are matched by patterns that do so only.
 */
export function filesMatching(pattern: string): string[] {
  const [first, ...rest] = pattern.split(/[\\/]/);
  const found = first === '' ? walk('/', rest) : walk('', [first, ...rest]);
  return [...new Set(found)].sort();
}

function walk(folder: string, parts: readonly string[]): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (part === '.' || part === '..') return walk(join(folder, part), rest);
  if (part === '**') {
    const below = entriesOf(folder).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    return [...walk(folder, rest), ...below.flatMap(({ name }) => walk(join(folder, name), parts))];
  }
  const matches = matcher(part);
  const entries = entriesOf(folder).filter(({ name }) => matches(name));
  if (rest.length === 0) {
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  }
  return entries.filter((entry) => !entry.isFile()).flatMap(({ name }) => walk(join(folder, name), rest));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
  } catch {
    return []; // No folder, or one that may not be read: nothing matches there.
  }
}

function matcher(part: string): (name: string) => boolean {
  const source = part.replace(/\[!?[^\]]+\]|[*?]|[\\^$.|+(){}[\]]/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${token}`;
  });
  const expression = new RegExp(`^${source}$`, 'u');
  return (name) => expression.test(name) && (part.startsWith('.') || !name.startsWith('.'));
}
