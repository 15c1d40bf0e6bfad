import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env['FEATUREMINE_DATA'] ?? join(__dirname, '../../../../../shared/data');

/** A folder of the shared test data, or undefined (and a line that says so) where it is not at hand. */
export function dataFolder(name: string): string | undefined {
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  process.stderr.write(`skipped: no test data at ${folder}; set FEATUREMINE_DATA\n`);
  return undefined;
}
