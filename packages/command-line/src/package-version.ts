import { createRequire } from 'node:module';

/** The version of the package that a file in its `src` or `dist` belongs to. */
export function packageVersion(file: string): string {
  return (createRequire(file)('../package.json') as { version: string }).version;
}
