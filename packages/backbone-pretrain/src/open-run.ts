import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { z } from 'zod';
import { trainSchema } from './training-options';

const runSchema = trainSchema.extend({ imageSize: z.number().int(), classNames: z.array(z.string()) });

/** All resolved options of a run, with its classes. */
export type RunConfig = z.output<typeof runSchema>;

/**
 * Reads the options that a run was trained with.
 *
 * @throws ConfigError when the folder is not one of `backbone-pretrain train`
 */
export function readRunConfig(folder: string): RunConfig {
  const path = join(folder, 'config.json');
  const fix = 'Pass the folder that was given to backbone-pretrain train as --out';
  if (!existsSync(path))
    throw new ConfigError({ where: folder, found: 'no config.json', expected: 'a run folder', fix });
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ConfigError({ where: path, found: 'no JSON', fix }, { cause });
  }
  const result = runSchema.safeParse(config);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const found = `${issue.path.join('.')}: ${issue.message}`;
  throw new ConfigError({ where: path, found, expected: 'the options of backbone-pretrain train', fix });
}
