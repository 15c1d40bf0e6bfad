import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';

// What `reproduce` needs around this package: recipes to read, and programs to run in processes of their own. All of it is
// missing where the package was installed alone.
const ROOT = join(__dirname, '..', '..', '..', '..');

/** The folder of the paper's recipes in this repository. */
export const RECIPE_FOLDER = join(ROOT, 'configs', 'paper');

/**
 * `npm run chain`, which makes table 7.
 *
 * It stands on retinanet, a layer above this package, so it is run as the user would run it, and not imported. If it were
 * handed in by a caller, `backbone-pretrain reproduce` could not make table 7; in `scripts`, table 7 would be planned,
 * resumed and printed apart from all other tables.
 */
export const CHAIN_PROGRAM = join(ROOT, 'scripts', 'chain', 'main.mjs');

/** The part of `npm run bench` that tells the memory of a training step, for table 10. */
export const STEP_PROGRAM = join(ROOT, 'scripts', 'bench', 'rows', 'classifier-step.mjs');

/** The program, when it is there. @throws ConfigError where the package was installed alone */
export function repositoryProgram(program: string, where: string): string {
  if (existsSync(program)) return program;
  throw new ConfigError({
    where,
    found: `no file ${program}`,
    expected: 'the repository around backbone-pretrain',
    fix: 'Run this in the repository, where `npm run chain` runs',
  });
}
