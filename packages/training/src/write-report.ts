import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { parseJson } from '@featuremine/errors';
import { writeRunFile } from './run-files';
import type { PageSection } from './html-page';
import { readMetrics } from './read-metrics';
import type { RunFolder } from './run-folder';
import type { Summary } from './summary';
import type { TrainingTask } from './task';
import { trainingReport } from './training-report';

/** What the examples of the best epoch are kept in, in the run folder. */
export const EXAMPLES_FILE = 'examples.json';

/** What a report is written from. */
export interface ReportParts {
  readonly run: RunFolder;
  readonly summary: Summary;
  readonly task: Pick<TrainingTask, 'examples'>;
  readonly log: Logger;
}

/** Writes report.html into a run folder. Images that cannot be shown are told of and left out. @throws RunFolderError */
export async function writeReport({ run, summary, task, log }: ReportParts): Promise<void> {
  const examples = await examplesOf(run, task, log);
  const title = `Training run ${basename(resolve(run.path))}`;
  const report = trainingReport({ title, summary, lines: readMetrics(run.path), config: run.config, examples });
  writeRunFile(join(run.path, 'report.html'), report);
}

async function examplesOf(
  run: RunFolder,
  { examples }: ReportParts['task'],
  log: Logger,
): Promise<PageSection | undefined> {
  if (examples === undefined) return undefined;
  const file = join(run.path, EXAMPLES_FILE);
  try {
    const found: unknown = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined;
    return await examples.section(found);
  } catch (error) {
    log.warn(`${run.path}: the report has no examples: ${(error as Error).message}`);
    return undefined;
  }
}
