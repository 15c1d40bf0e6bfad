import { formatDuration, formatTable } from '@featuremine/command-line';
import { makeSummary } from './make-summary';
import type { RunFolder } from './run-folder';
import { RunState } from './run-state';
import { startFetch } from './start-fetch';
import type { Summary } from './summary';
import type { TrainingBatch, TrainingTask } from './task';
import type { TrainOptions } from './train-options';

/** Steps of a dry run; those of its start record and compile graphs, and are not counted. */
const STEPS = 5;
const UNCOUNTED = 2;

/** What a training will do, and how long it will take by the median of a few measured steps. */
export interface TrainingPlan {
  /** All resolved options. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What the data is, part by part. */
  readonly data: Readonly<Record<string, string>>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly steps: number;
  readonly imagesPerStep: number;
  readonly measuredSteps: number;
  readonly firstStepSeconds: number;
  readonly secondsPerStep: number;
  /** All steps; evaluations are not counted. */
  readonly estimatedSeconds: number;
}

/** The summary of a dry run. */
export type DryRunSummary = Summary & { readonly plan: TrainingPlan };

/**
 * Takes a few steps of a training and tells what the whole of it will be; `stoppedBy` is `dry-run`. Nothing is
 * evaluated, and nothing is written: the folder of the run only tells its config.
 */
export async function dryRun(task: TrainingTask, run: RunFolder, options: TrainOptions): Promise<DryRunSummary> {
  const { epochs, log } = options;
  log.info(`dry run: ${STEPS} steps are timed`);
  const { imagesPerStep, seconds } = await timeSteps(task, options);
  const counted = seconds.slice(UNCOUNTED).sort((a, b) => a - b);
  const secondsPerStep = counted[Math.floor(counted.length / 2)];
  const steps = epochs * task.stepsPerEpoch;
  const summary = makeSummary({ task, options, state: new RunState(), stoppedBy: 'dry-run' });
  return {
    ...summary,
    imagesPerSecond: imagesPerStep / secondsPerStep,
    plan: {
      config: run.config,
      data: task.data ?? {},
      epochs,
      stepsPerEpoch: task.stepsPerEpoch,
      steps,
      imagesPerStep,
      measuredSteps: counted.length,
      firstStepSeconds: seconds[0],
      secondsPerStep,
      estimatedSeconds: steps * secondsPerStep,
    },
  };
}

async function timeSteps(
  task: TrainingTask,
  options: TrainOptions,
): Promise<{ readonly imagesPerStep: number; readonly seconds: readonly number[] }> {
  const seconds: number[] = [];
  let imagesPerStep = 0;
  const batches = firstBatches(task);
  let next = startFetch(batches);
  try {
    for (let step = 0; step < STEPS; step++) {
      const startMs = performance.now();
      const { inputs, imageCount } = (await next).value as TrainingBatch;
      // As in training, the next batch is fetched while the step runs.
      if (step + 1 < STEPS) next = startFetch(batches);
      await task.step({ ...inputs, learningRate: options.schedule(step) });
      seconds.push((performance.now() - startMs) / 1000);
      imagesPerStep = imageCount;
    }
    return { imagesPerStep, seconds };
  } finally {
    await next.catch(() => undefined);
    await batches.return(undefined);
  }
}

async function* firstBatches(task: TrainingTask): AsyncGenerator<TrainingBatch> {
  for (let epoch = 0; ; epoch++) yield* task.batches(epoch, 0);
}

/** The plan of a dry run as a table, and its options as JSON, for people. */
export function dryRunText({ plan, parameters, device, imagesPerSecond }: DryRunSummary): string {
  const perStep = `${formatDuration(1000 * plan.secondsPerStep)} (${imagesPerSecond.toFixed(1)} images/s)`;
  const rows = [
    ['device', device],
    ...Object.entries(plan.data),
    ['trained parameters', parameters === null ? '?' : parameters.toLocaleString('en')],
    ['steps', `${plan.steps} (${plan.epochs} epochs of ${plan.stepsPerEpoch}, ${plan.imagesPerStep} images each)`],
    ['first step', formatDuration(1000 * plan.firstStepSeconds)],
    ['a step', `${perStep}, median of ${plan.measuredSteps}`],
    ['estimated time', `${formatDuration(1000 * plan.estimatedSeconds)}, without evaluations`],
  ];
  const table = formatTable({ columns: [{ title: 'dry run' }, { title: '' }], rows });
  return `${table}\n\nconfig ${JSON.stringify(plan.config, null, 2)}`;
}

/** Whether a training was a dry run. */
export function isDryRun(summary: Summary): summary is DryRunSummary {
  return summary.stoppedBy === 'dry-run';
}
