import { join } from 'node:path';
import { ConfigError, WeightsError } from '@featuremine/errors';
import { readRunConfig } from '@featuremine/training';
import type { DetectionResize } from '@featuremine/vision-data';
import { readSafetensors } from '@featuremine/weights';
import { z } from 'zod';
import { BACKBONES } from './architecture';
import type { DetectorArchitecture } from './architecture';

const side = z.number().int().positive();

const resizeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('longest-side'), size: side }),
  z.object({ kind: z.literal('stretch'), width: side, height: side }),
  z.object({ kind: z.literal('min-max'), minSize: z.union([side, z.array(side)]), maxSize: side }),
]);

/**
 * What must be known to use a detector's weights again; a run's config.json holds it under `detector`, and its weights
 * as a text of their metadata.
 */
const detectorConfigSchema = z.object({
  classNames: z.array(z.string()),
  architecture: z.object({
    backbone: z.enum(BACKBONES),
    numClasses: z.number().int().positive(),
    p6From: z.enum(['p5', 'c5']),
    hasHeadNorm: z.boolean(),
    batchNorm: z.enum(['frozen', 'trainable']),
    trainableStages: z.number().int().min(0).max(5),
    anchors: z.object({ sizes: z.array(z.number()), ratios: z.array(z.number()) }).optional(),
  }),
  resize: resizeSchema,
  pixels: z.enum(['uint8', 'float32']),
});
/** What a trained detector is, beside its weights: what it finds, how it is built, how images become its input. */
export interface DetectorConfig {
  readonly classNames: readonly string[];
  readonly architecture: DetectorArchitecture;
  readonly resize: DetectionResize;
  /** uint8: resized while decoding, smoothly and fast; float32: as torchvision resizes, without antialiasing. */
  readonly pixels: 'uint8' | 'float32';
}

/** The file in a run folder with the best weights. */
export const WEIGHTS_FILE = 'weights.safetensors';

/**
 * Reads what a run's detector is from its config.json.
 *
 * @throws RunFolderError when the folder holds no run, ConfigError when it is the run of another command.
 */
export function readDetectorConfig(run: string): DetectorConfig {
  const parsed = z.object({ detector: detectorConfigSchema }).safeParse(readRunConfig(run));
  if (parsed.success) return parsed.data.detector;
  throw new ConfigError({
    where: join(run, 'config.json'),
    found: 'it describes no detector',
    expected: 'the config.json that `retinanet train` wrote',
    fix: 'Name the folder of a detector run; those of backbone-pretrain hold classifiers',
  });
}

/** What a sound file of weights says of its detector; `undefined` for files that `retinanet train` did not write. */
export function configInWeights(file: string): DetectorConfig | undefined {
  const text = metadataOf(file)?.get('detector');
  if (text === undefined) return undefined;
  try {
    return detectorConfigSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // Another program's note of this name.
  }
}

function metadataOf(file: string): ReadonlyMap<string, string> | undefined {
  try {
    return readSafetensors(file, () => false).metadata;
  } catch (error) {
    if (error instanceof WeightsError) return undefined; // PyTorch's format has none.
    throw error;
  }
}
