import type { Logger } from '@featuremine/command-line';
import type { Collective } from '@featuremine/mpi';
import type { Schedule } from './schedule';

/** Options of `train`; the names and defaults are those of `trainingFields`. */
export interface TrainOptions {
  readonly epochs: number;
  readonly schedule: Schedule;
  /** Takes and times a few steps instead of training. */
  readonly dryRun?: boolean | undefined;
  readonly log: Logger;
  /** The processes that train together; this one alone by default. Each calls `train` with the same options. */
  readonly job?: Collective | undefined;
  /** Steps between two checkpoints; absent: by time only. */
  readonly checkpointEvery?: number | undefined;
  /** 60. */
  readonly checkpointEverySeconds?: number | undefined;
  /** 2. */
  readonly keep?: number | undefined;
  /** Steps, 20. */
  readonly logEvery?: number | undefined;
  /** Epochs, 1. */
  readonly evaluateEvery?: number | undefined;
  readonly earlyStop?: number | undefined;
  /** 10. */
  readonly maxNonFinite?: number | undefined;
  /** What computes, for the summary; the processor's name by default. */
  readonly device?: string | undefined;
  /** Added to the versions of the summary and of checkpoints: what the results depend on. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
  /** Further keys of the summary. */
  readonly summary?: Readonly<Record<string, unknown>> | undefined;
}
