import { ConfigError } from '@featuremine/errors';
import { readRunConfig } from '@featuremine/training';
import { readDetectionSet } from '../data-source';
import { trainSchema } from '../train-options';
import { validationPart } from '../training-data';

/** Options of a training that say how weights came about, and nothing about the machine that it ran on. */
const TOLD: readonly string[] = [
  'train',
  'val',
  'epochs',
  'batchSize',
  'accumulate',
  'optimizer',
  'lr',
  'schedule',
  'weightDecay',
  'ema',
  'seed',
  'precision',
];

/** The options of a run's training that an export tells. */
export function recipeOf(run: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(readRunConfig(run)).filter(([key]) => TOLD.includes(key)));
}

/** The paths of the images that a run was validated on. @throws ConfigError when it was validated on none */
export function validationImages(run: string, classNames: readonly string[]): string[] {
  const options = trainSchema.omit({ detector: true }).safeParse(readRunConfig(run));
  const validation = options.success ? validationPart(options.data) : undefined;
  if (validation === undefined) {
    throw new ConfigError({
      where: '--verify',
      found: `${run} was trained without validation images`,
      expected: 'images to compare on',
      fix: 'Add --images FILE-OR-FOLDER',
    });
  }
  const { images } = readDetectionSet(validation.source, validation.part, { onBadBox: 'keep', classes: classNames });
  return images.map(({ imagePath }) => imagePath);
}
