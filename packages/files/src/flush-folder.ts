import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes the names in a folder durable after a rename; some file systems refuse, and then it is left to them. */
export function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Only the order of names after a power failure depends on it, not their content.
  }
}
