import { statSync } from 'node:fs';

/** True for a path that is a folder, or leads to one; false for what is not there. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
