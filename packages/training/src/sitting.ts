import { singleProcess, together, type Collective } from '@featuremine/mpi';
import { CheckpointKeeper } from './checkpoint-keeper';
import { MetricsWriter, noMetrics, type Metrics } from './metrics-writer';
import type { RunFolder } from './run-folder';
import { RunState } from './run-state';
import { sharedStart } from './shared-start';
import type { TrainingTask } from './task';
import type { TrainOptions } from './train-options';
import { versionsWith } from './versions';

/** What the trainer works with from its start, or from the last checkpoint, to its end or a stop. */
export interface Sitting {
  readonly task: TrainingTask;
  readonly run: RunFolder;
  readonly options: TrainOptions;
  readonly job: Collective;
  readonly state: RunState;
  readonly keeper: CheckpointKeeper;
  readonly metrics: Metrics;
}

/** True when there were too many evaluations without a better one. */
export function isStoppedEarly({ state, options }: Pick<Sitting, 'state' | 'options'>): boolean {
  return options.earlyStop !== undefined && state.withoutGain >= options.earlyStop;
}

/** True when the best metric is as good as the task asks for. */
export function hasReachedGoal({ state, task }: Pick<Sitting, 'state' | 'task'>): boolean {
  const { name, mode, goal } = task.bestMetric;
  const value = state.best?.metrics[name];
  if (goal === undefined || value === undefined) return false;
  return mode === 'max' ? value >= goal : value <= goal;
}

/** True when all epochs are done, the run was stopped early, or its goal is reached. */
export function isFinished(sitting: Pick<Sitting, 'state' | 'options' | 'task'>): boolean {
  return sitting.state.epoch >= sitting.options.epochs || isStoppedEarly(sitting) || hasReachedGoal(sitting);
}

/**
 * Restores the last checkpoint if the run was opened to resume, and opens the logs. Only then config.json is replaced:
 * options that do not fit the run leave it as it was, and so does a run that is finished.
 *
 * @throws CheckpointError, RunFolderError
 */
export async function openSitting(task: TrainingTask, run: RunFolder, options: TrainOptions): Promise<Sitting> {
  const { log, job = singleProcess } = options;
  const keeper = new CheckpointKeeper({
    folder: run.checkpointFolder,
    model: task.model,
    identity: {
      stepsPerEpoch: task.stepsPerEpoch,
      config: { ...run.config },
      data: task.data ?? {},
      versions: versionsWith(options.versions),
      ranks: job.size,
    },
    keep: options.keep ?? 2,
    everySeconds: options.checkpointEverySeconds ?? 60,
    everySteps: options.checkpointEvery,
    log,
  });
  const saved = await sharedStart(job, { keeper, model: task.model, isResuming: run.isResuming });
  const state = saved === undefined ? new RunState() : RunState.from(saved);
  if (saved !== undefined) log.info(`${run.path}: resuming at step ${saved.step}, epoch ${saved.epoch + 1}`);
  else if (run.isResuming) log.warn(`${run.path}: there is no checkpoint to resume from; starting afresh`);
  const metrics = await together(job, () => {
    if (!isFinished({ state, options, task })) run.writeConfig();
    if (!run.isWriting) return noMetrics;
    return new MetricsWriter(run, saved && { keepBytes: saved.metricsBytes, step: saved.step });
  });
  return { task, run, options, job, state, keeper, metrics };
}
