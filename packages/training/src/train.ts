import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { writeFileAtomic } from './atomic-file';
import { readMetrics } from './read-metrics';
import type { RunFolder } from './run-folder';
import type { Summary } from './summary';
import type { TrainingTask } from './task';
import type { TrainOptions } from './train-options';
import { Trainer } from './trainer';
import { trainingReport } from './training-report';

/**
 * Trains until the epochs are done, an early stop, or SIGINT/SIGTERM, and writes everything into the run folder.
 *
 * A run that was opened with `resume` goes on from its last sound checkpoint and ends with the same bits as one that
 * was never stopped. The next batch is fetched while a step runs. Steps that are not finite change nothing; too many
 * in a row end the run.
 *
 * @throws DatasetError (data faults, steps that are not finite), CheckpointError, RunFolderError. State is saved before
 * where it is whole.
 */
export async function train(task: TrainingTask, run: RunFolder, options: TrainOptions): Promise<Summary> {
  const trainer = await Trainer.start(task, run, options);
  try {
    if (trainer.isFinished && run.isResuming) {
      options.log.info(
        `${run.path}: the run is finished (${trainer.state.epoch} epochs); pass more --epochs to go on with it`,
      );
      const summary = readSummary(run);
      if (summary !== undefined) return summary;
    }
    const summary = await trainer.run();
    writeReport(run, summary);
    return summary;
  } finally {
    trainer.close();
  }
}

function writeReport(run: RunFolder, summary: Summary): void {
  const title = `Training run ${basename(resolve(run.path))}`;
  const report = trainingReport({ title, summary, lines: readMetrics(run.path), config: run.config });
  writeFileAtomic(join(run.path, 'report.html'), report);
}

function readSummary(run: RunFolder): Summary | undefined {
  const path = join(run.path, 'summary.json');
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Summary;
  } catch {
    return undefined; // Damaged: written anew.
  }
}
