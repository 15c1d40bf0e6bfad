import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';

// What lies there outside of this package is missing where the package was installed alone.
const ROOT = join(__dirname, '..', '..', '..', '..');

/** The folder of the paper's recipes in this repository. */
export const RECIPE_FOLDER = join(ROOT, 'configs', 'paper');

/** `npm run chain`, which makes table 7. */
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
