import { rmSync } from 'node:fs';

/** Removes what a failed operation left, if it can: the first fault is the one to tell of. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Whoever made it removes it at its next start.
  }
}
