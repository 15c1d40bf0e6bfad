/** Why a run ended; a summary that says `running` is of a run that goes on or was killed. */
export type StopReason = 'running' | 'finished' | 'early-stop' | 'goal' | 'dry-run' | 'SIGINT' | 'SIGTERM';

/** The metrics of an epoch. */
export interface EpochMetrics {
  /** From 1, as people count. */
  readonly epoch: number;
  /** By name; training means begin with `train/`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The content of summary.json. */
export interface Summary {
  readonly stoppedBy: StopReason;
  readonly bestMetric: { readonly name: string; readonly mode: 'max' | 'min' };
  /** The epoch whose weights are in weights.safetensors; null before the first evaluation. */
  readonly best: EpochMetrics | null;
  readonly last: EpochMetrics | null;
  /** Completed epochs. */
  readonly epochs: number;
  /** Completed steps. */
  readonly steps: number;
  /** Number of trained parameters; null if the task does not say. */
  readonly parameters: number | null;
  /** Training speed, evaluation left out. */
  readonly imagesPerSecond: number;
  readonly peakRssBytes: number;
  /** Time of all sittings of the run, evaluation included. */
  readonly seconds: number;
  /** Processes that trained together. */
  readonly ranks: number;
  /** Such as `CPU (Intel Xeon, 2 threads)`. */
  readonly device: string;
  /** Versions of node, TensorFlow and the packages. */
  readonly versions: Readonly<Record<string, string>>;
  /** What the command adds: class names, image size, … */
  readonly [key: string]: unknown;
}

/** True when the run came to an end of its own: not to a signal's, and it was not killed. */
export function hasEnded({ stoppedBy }: Pick<Summary, 'stoppedBy'>): boolean {
  return stoppedBy === 'finished' || stoppedBy === 'early-stop' || stoppedBy === 'goal';
}

/** The exit code of a training command: 0, 130 after SIGINT, 143 after SIGTERM. */
export function exitCodeOf(summary: Summary): number {
  return summary.stoppedBy === 'SIGINT' ? 130 : summary.stoppedBy === 'SIGTERM' ? 143 : 0;
}
