import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonIfSound } from '@featuremine/files';
import { dryRun } from './dry-run';
import type { RunFolder } from './run-folder';
import { hasReachedGoal, isFinished, isStoppedEarly, openSitting } from './sitting';
import type { Sitting } from './sitting';
import { watchStopSignals } from './stop-signals';
import type { StopSignals } from './stop-signals';
import { hasEnded } from './summary';
import type { Summary } from './summary';
import type { TrainingTask } from './task';
import type { TrainOptions } from './train-options';
import { Trainer } from './trainer';
import { writeReport } from './write-report';

/**
 * Trains until the epochs are done, an early stop, or SIGINT/SIGTERM, and writes everything into the run folder.
 *
 * A run that was opened with `resume` goes on from its last sound checkpoint and ends with the same bits as one that
 * was never stopped. The next batch is fetched while a step runs. Steps that are not finite change nothing; too many
 * in a row end the run.
 *
 * With `options.job`, all its processes call this and train together. Rank 0 writes the folder, the others pass one that
 * they follow.
 *
 * @throws DatasetError (data faults, steps that are not finite), CheckpointError, RunFolderError. State is saved before
 * where it is whole.
 */
export async function train(task: TrainingTask, run: RunFolder, options: TrainOptions): Promise<Summary> {
  if (options.dryRun === true) return dryRun(task, run, options);
  const signals = watchStopSignals((name) => {
    options.log.warn(`${name}: finishing the step, then saving; the same signal again ends at once`);
  });
  try {
    return await runSitting(await openSitting(task, run, options), signals);
  } finally {
    signals.dispose();
  }
}

async function runSitting(sitting: Sitting, signals: StopSignals): Promise<Summary> {
  const { task, run, options } = sitting;
  const trainer = new Trainer(sitting, signals);
  try {
    if (run.isWriting && run.isResuming && isFinished(sitting)) {
      options.log.info(`${run.path}: ${finishedText(sitting)}`);
      const summary = readSummary(run);
      if (summary !== undefined && isWhole(run, summary)) return summary;
    }
    const summary = await trainer.run();
    task.ended?.();
    if (run.isWriting) await writeReport({ run, summary, task, log: options.log });
    return summary;
  } finally {
    trainer.close();
  }
}

function finishedText(sitting: Sitting): string {
  const { epoch } = sitting.state;
  if (hasReachedGoal(sitting)) return `the run has reached its goal (${epoch} epochs)`;
  if (isStoppedEarly(sitting))
    return `the run was stopped early (${epoch} epochs); pass a larger --early-stop to go on`;
  return `the run is finished (${epoch} epochs); pass more --epochs to go on with it`;
}

// A signal between the last epoch and its summary, or a kill before the report, leaves something to be written.
function isWhole(run: RunFolder, summary: Summary): boolean {
  return hasEnded(summary) && existsSync(join(run.path, 'report.html'));
}

function readSummary(run: RunFolder): Summary | undefined {
  return readJsonIfSound(join(run.path, 'summary.json')) as Summary | undefined;
}
