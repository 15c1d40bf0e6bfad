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
 * Settles the options that exclude each other. `--profile` and `--dry-run`: a dry run writes nothing, and takes fewer
 * steps than come before the traced ones. `--resume` and `--weights`: a resumed run has its weights from its checkpoint, and
 * where there is none yet, starts once more from the file that its config.json names.
 *
 * @throws ConfigError when both of a pair are given
 */
export function resumedStart(options: {
  readonly out: string;
  readonly resume: boolean;
  readonly weights?: string | undefined;
  readonly profile?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}): RunStart {
  const { out, resume, weights, profile, dryRun } = options;
  if (profile === true && dryRun === true) {
    throw new ConfigError({
      where: '--profile',
      found: 'it is given together with --dry-run',
      fix: 'Leave one of the two out: a dry run ends before the steps that are traced',
    });
  }
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
