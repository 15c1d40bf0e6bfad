import type { RunState } from './run-state';
import type { StopReason, Summary } from './summary';
import type { TrainingTask } from './task';
import type { TrainOptions } from './train-options';
import { processorName, versionsWith } from './versions';

/** The summary of a run as it stands. */
export function makeSummary(parts: {
  readonly task: TrainingTask;
  readonly options: TrainOptions;
  readonly state: RunState;
  readonly stoppedBy: StopReason;
}): Summary {
  const { task, options, state, stoppedBy } = parts;
  return {
    stoppedBy,
    bestMetric: task.bestMetric,
    best: state.best,
    last: state.last,
    epochs: state.epoch,
    steps: state.step,
    parameters: task.parameterCount ?? null,
    imagesPerSecond: state.imagesPerSecond,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    seconds: state.seconds,
    ranks: options.job?.size ?? 1,
    device: options.device ?? processorName(),
    versions: versionsWith(options.versions),
    ...options.summary,
  };
}
