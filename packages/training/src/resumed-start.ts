import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { listCheckpoints } from './checkpoints';
import { readStoredConfig } from './run-folder';

/** What a training run starts from. */
export interface RunStart {
  /** The file of `--weights`: the one given, or the one that a resumed run was started with. */
  readonly weights: string | undefined;
  /** True if a checkpoint will be restored, so that no weights file is needed. */
  readonly isRestored: boolean;
}

/**
 * Settles `--resume` and `--weights`, which exclude each other: a resumed run has its weights from its checkpoint, and
 * where there is none yet, starts once more from the file that its config.json names.
 *
 * @throws ConfigError when both are given
 */
export function resumedStart(options: {
  readonly out: string;
  readonly resume: boolean;
  readonly weights?: string | undefined;
}): RunStart {
  const { out, resume, weights } = options;
  if (!resume) return { weights, isRestored: false };
  if (weights !== undefined) {
    throw new ConfigError({
      where: '--weights',
      found: 'it is given together with --resume',
      fix: `Leave one of the two out: a resumed run goes on from its checkpoint, and ${out} remembers its first weights`,
    });
  }
  const stored = readStoredConfig(out)?.['weights'];
  return {
    weights: typeof stored === 'string' ? stored : undefined,
    isRestored: listCheckpoints(join(out, 'checkpoint')).length > 0,
  };
}
