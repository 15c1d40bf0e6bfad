import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { readRunConfig } from '@featuremine/training';
import { z } from 'zod';
import { trainSchema } from './training-options';

const runSchema = trainSchema.extend({ imageSize: z.number().int(), classNames: z.array(z.string()) });

/** All resolved options of a run, with its classes. */
export type ClassifierConfig = z.output<typeof runSchema>;

/**
 * Reads the options that a run was trained with.
 *
 * @throws RunFolderError when the folder holds no run, ConfigError when it is not one of `backbone-pretrain train`
 */
export function readClassifierConfig(folder: string): ClassifierConfig {
  const result = runSchema.safeParse(readRunConfig(folder));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const found = `${issue.path.join('.')}: ${issue.message}`;
  const fix = 'Pass the folder that was given to backbone-pretrain train as --out';
  throw new ConfigError({
    where: join(folder, 'config.json'),
    found,
    expected: 'the options of backbone-pretrain train',
    fix,
  });
}
