import { existsSync, renameSync, rmSync } from 'node:fs';

/**
 * Replaces a folder: `make` fills a new one beside it, whose path it is given; that one takes the place of the old one, and
 * `finish` does what can only be done there. If either fails, the old folder is there as it was, and its error is thrown.
 */
export async function replaceFolder(
  folder: string,
  { make, finish }: { readonly make: (fresh: string) => Promise<void>; readonly finish: () => Promise<void> },
): Promise<void> {
  const [fresh, old] = [`${folder}.new`, `${folder}.old`];
  remove(fresh);
  try {
    await make(fresh);
  } catch (error) {
    remove(fresh);
    throw error;
  }
  remove(old);
  if (existsSync(folder)) renameSync(folder, old);
  try {
    renameSync(fresh, folder);
    await finish();
  } catch (error) {
    remove(folder);
    if (existsSync(old)) renameSync(old, folder);
    throw error;
  }
  remove(old);
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
