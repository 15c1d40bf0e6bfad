import type { Logger } from '@featuremine/command-line';
import type { RunFolder } from './run-folder';
import type { Schedule } from './schedule';
import type { Summary } from './summary';
import type { TrainingTask } from './task';

/** Options of `train`; the names and defaults are those of `trainingFields`. */
export interface TrainOptions {
  readonly epochs: number;
  readonly schedule: Schedule;
  readonly log: Logger;
  /** Steps between two checkpoints; absent: by time only. */
  readonly checkpointEvery?: number | undefined;
  /** 60. */
  readonly checkpointEverySeconds?: number;
  /** 2. */
  readonly keep?: number;
  /** Steps, 20. */
  readonly logEvery?: number;
  /** Epochs, 1. */
  readonly evaluateEvery?: number;
  readonly earlyStop?: number | undefined;
  /** 10. */
  readonly maxNonFinite?: number;
  /** Goes into the summary. */
  readonly device?: string;
  /** Added to the versions of the summary. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Further keys of the summary. */
  readonly summary?: Readonly<Record<string, unknown>>;
}

/**
 * Trains until the epochs are done, an early stop, or SIGINT/SIGTERM, and writes everything into the run folder.
 *
 * A run that was opened with `resume` goes on from its last sound checkpoint and ends with the same bits as one that
 * was never stopped. The next batch is fetched while a step runs.
 */
export function train(task: TrainingTask, run: RunFolder, options: TrainOptions): Promise<Summary> {
  throw new Error(`not there yet: ${task.stepsPerEpoch} ${run.path} ${options.epochs}`);
}
