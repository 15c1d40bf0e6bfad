import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import type { DetectionResize } from '@featuremine/vision-data';
import { z } from 'zod';
import { BACKBONES } from './architecture';
import type { DetectorArchitecture } from './architecture';

const side = z.number().int().positive();

const resizeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('longest-side'), size: side }),
  z.object({ kind: z.literal('stretch'), width: side, height: side }),
  z.object({ kind: z.literal('min-max'), minSize: z.union([side, z.array(side)]), maxSize: side }),
]);

/** What must be known to use a detector's weights again; a run's config.json holds it under `detector`. */
export const detectorConfigSchema = z.object({
  classNames: z.array(z.string()),
  architecture: z.object({
    backbone: z.enum(BACKBONES),
    numClasses: z.number().int().positive(),
    p6From: z.enum(['p5', 'c5']),
    hasHeadNorm: z.boolean(),
    batchNorm: z.enum(['frozen', 'trainable']),
    trainableStages: z.number().int().min(0).max(5),
  }),
  resize: resizeSchema,
});
export interface DetectorConfig {
  readonly classNames: readonly string[];
  readonly architecture: DetectorArchitecture;
  readonly resize: DetectionResize;
}

/** The file in a run folder that describes the run. */
export const CONFIG_FILE = 'config.json';
/** The file in a run folder with the best weights. */
export const WEIGHTS_FILE = 'weights.safetensors';

/**
 * Reads what a run's detector is from its config.json.
 *
 * @throws ConfigError when the folder holds no run, or the run of another command.
 */
export function readRunConfig(run: string): DetectorConfig {
  const file = join(run, CONFIG_FILE);
  if (!existsSync(file)) {
    throw new ConfigError({
      where: run,
      found: `no ${CONFIG_FILE}`,
      fix: 'Name the --out folder of `retinanet train`',
    });
  }
  const parsed = z.object({ detector: detectorConfigSchema }).safeParse(parseJson(file));
  if (parsed.success) return parsed.data.detector;
  throw new ConfigError({
    where: file,
    found: 'it describes no detector',
    expected: 'the config.json that `retinanet train` wrote',
    fix: 'Name the folder of a detector run; those of backbone-pretrain hold classifiers',
  });
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError({ where: file, found: 'it is no JSON', fix: 'Restore the file, or train again' }, { cause });
  }
}
