import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '@featuremine/command-line';
import { ConfigError, nearestName } from '@featuremine/errors';
import { trainSchema } from '../training-options';

/** Options of `backbone-pretrain train` by key, as a recipe holds them. */
export type RecipeOptions = Readonly<Record<string, unknown>>;

/**
 * Reads a recipe by its name.
 *
 * @throws ConfigError when there is no such file, or one of its keys is no option of `train`
 */
export function readRecipe(name: string, folder: string): RecipeOptions {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) {
    throw new ConfigError({
      where: path,
      found: 'no such recipe',
      expected: `the folder configs/paper of the repository`,
      fix: 'Pass that folder as --recipes',
    });
  }
  const options = readConfigFile(path);
  checkKeys(options, path);
  return options;
}

/** Refuses keys that `train` does not know. @throws ConfigError */
export function checkKeys(options: RecipeOptions, where: string): void {
  const known = Object.keys(trainSchema.shape);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  throw new ConfigError({
    where: `${where}, key "${unknown}"`,
    found: 'not known',
    expected: 'an option of backbone-pretrain train',
    fix: near === undefined ? 'Remove it' : `Did you mean "${near}"? Rename it`,
  });
}
