import { ConfigError } from '@featuremine/errors';
import { z } from 'zod';
import type { DetectorSource } from './read-detector';
import { normEpsilonField } from './train-options';

/** The flags that name a detector: a run, or weights with the names of their classes. */
export const detectorFields = {
  run: z.string().optional().describe('Run folder of retinanet train'),
  weights: z
    .string()
    .optional()
    .describe(
      'Weights with torchvision’s RetinaNet names, instead of a run; with --classes where it does not name them',
    ),
  classes: z
    .array(z.string().min(1))
    .optional()
    .describe('Names of the weights’ classes in order, without the background'),
  normEpsilon: normEpsilonField,
} as const;

/** The detector that these flags name. @throws ConfigError when they name none, or two */
export function detectorSource(
  flags: { readonly run?: string | undefined; readonly weights?: string | undefined; readonly classes?: readonly string[] | undefined }, // prettier-ignore
  command: string,
): DetectorSource {
  const { run, weights, classes } = flags;
  if (run !== undefined) {
    if (weights === undefined) return { run };
    throw new ConfigError({
      where: '--weights',
      found: 'it is given together with --run',
      fix: 'Leave one of the two out',
    });
  }
  if (weights !== undefined) return { weights, classNames: classes };
  throw new ConfigError({
    where: command,
    found: 'neither --run nor --weights',
    expected: '--run RUN, or --weights FILE',
    fix: 'Say which detector is to be used',
  });
}
