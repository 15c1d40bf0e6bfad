import { mkdtempSync, rmSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a function with an empty folder, and removes it afterwards. */
export async function withScratchFolder<T>(use: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vision-data-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Folder of the real data sets: FEATUREMINE_DATA, or `shared/data` next to the repository. */
export const DATA_FOLDER = process.env.FEATUREMINE_DATA ?? join(__dirname, '..', '..', '..', '..', 'shared', 'data');

/** `it` for tests that need a real data set; says so and skips where it is absent. */
export function itWithData(name: string): jest.It {
  if (existsSync(join(DATA_FOLDER, name))) return it;
  console.warn(`skipped: no ${name} in ${DATA_FOLDER} (set FEATUREMINE_DATA)`);
  return it.skip;
}
