// The scripts that people call.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Paths of scripts that read their own flags, or say that they have none, from the root of the repository. */
export function scriptFiles() {
  return readdirSync(join(root, 'scripts'), { recursive: true })
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => `scripts/${name.replaceAll('\\', '/')}`)
    .filter((file) =>
      /^ *(?:const .* = await scriptFlags\(|takesNoFlags\()/m.test(readFileSync(join(root, file), 'utf8')),
    )
    .sort();
}
