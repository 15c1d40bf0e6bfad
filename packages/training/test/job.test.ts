import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { DatasetError, ReportedElsewhere } from '@featuremine/errors';
import { isAgreed, type Collective } from '@featuremine/mpi';
import { ranksInOneProcess } from '../../mpi/test/support/ranks';
import { createSchedule, inTurn, openRun, rankBatchSize, train } from '../src';
import type { Summary, TrainingTask } from '../src';
import type { TrainOptions } from '../src';
import { makeLinearTask } from './support/linear-task';
import type { LinearHooks } from './support/linear-task';
import { expectSameRun, keepingLogger, metricsOf, temporaryFolder, trainIn } from './support/run-files';

interface JobOptions extends Partial<TrainOptions> {
  readonly resume?: boolean;
  readonly hooks?: (job: Collective) => LinearHooks;
}

/** Trains the linear task on so many ranks, which all have the same batches. */
function trainJob(path: string, ranks: number, options: JobOptions = {}): Promise<PromiseSettledResult<Summary>[]> {
  return Promise.allSettled(
    ranksInOneProcess(ranks).map(async (job) => {
      const { resume = false, hooks, ...rest } = options;
      const task = makeLinearTask(hooks === undefined ? {} : { hooks: hooks(job) });
      const log = job.rank === 0 ? (rest.log ?? silentLogger) : silentLogger;
      const run = await openRun(job, { path, resume, config: { lr: 0.02 }, log });
      try {
        return await train(summed(task, job), run, { schedule, logEvery: 4, epochs: 3, ...rest, log, job });
      } finally {
        run.close();
      }
    }),
  );
}

const schedule = createSchedule({ kind: 'cosine', learningRate: 0.02, totalSteps: 30 });

/** The task with a step in which the ranks meet, as those of a model with `job` do. */
function summed(task: TrainingTask, job: Collective): TrainingTask {
  return {
    ...task,
    async step(inputs) {
      await job.sum(new Float32Array(3));
      return task.step(inputs);
    },
  };
}

const valuesOf = (results: readonly PromiseSettledResult<Summary>[]): Summary[] =>
  results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
const reasonsOf = (results: readonly PromiseSettledResult<Summary>[]): unknown[] =>
  results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : undefined));

describe('train in a job', () => {
  const whole = temporaryFolder();
  beforeAll(() => trainIn(whole, makeLinearTask()));

  it('writes the run folder once, with the same bits as a process alone', async () => {
    const path = temporaryFolder();
    const summaries = valuesOf(await trainJob(path, 3));
    expectSameRun(path, whole);
    expect(existsSync(join(path, 'run.lock'))).toBe(false);
    expect(JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8'))).toMatchObject({ ranks: 3, steps: 30 });
    expect(summaries.map(({ best }) => best)).toEqual(summaries.map(() => summaries[0].best));
  });

  it('averages scalars over the ranks, and counts the images of all', async () => {
    const path = temporaryFolder();
    const seen: number[] = [];
    const results = await Promise.all(
      ranksInOneProcess(2).map(async (job) => {
        const task = makeLinearTask();
        const run = await openRun(job, { path, resume: false, config: {}, log: silentLogger });
        const step: TrainingTask['step'] = async (inputs) => {
          const rank = { dtype: 'float32', shape: [], data: Float32Array.of(job.rank) } as const;
          return { ...(await task.step(inputs)), rank };
        };
        const beforeStep = (): void => void seen.push(job.rank);
        const options = { schedule, logEvery: 4, epochs: 1, log: silentLogger, job };
        const summary = await train({ ...task, step: (inputs) => (beforeStep(), step(inputs)) }, run, options);
        run.close();
        return summary;
      }),
    );
    expect(metricsOf(path)[0]).toMatchObject({ kind: 'step', 'train/rank': 0.5 });
    expect(seen).toHaveLength(20);
    expect(results[0].steps).toBe(10);
  });

  it('stops all ranks at the same step, and goes on with another number of them', async () => {
    const path = temporaryFolder();
    let steps = 0;
    const beforeStep = (): void => {
      if (++steps === 14) process.emit('SIGTERM', 'SIGTERM'); // The second rank's 7th step.
    };
    const stopped = valuesOf(await trainJob(path, 2, { hooks: () => ({ beforeStep }) }));
    expect(stopped.map(({ stoppedBy, steps: done }) => [stoppedBy, done])).toEqual([
      ['SIGTERM', 7],
      ['SIGTERM', 7],
    ]);
    const log = keepingLogger();
    valuesOf(await trainJob(path, 3, { resume: true, log }));
    expect(log.lines.filter((line) => line.includes('not as it was'))).toEqual([
      'resuming, but not as it was: job: it had 2 processes and now has 3',
    ]);
    expectSameRun(path, whole);
  });

  it('saves, and tells of data that one rank cannot read, once', async () => {
    const path = temporaryFolder();
    const results = await trainJob(path, 2, {
      hooks: ({ rank }) => ({
        beforeBatch(epoch, batch) {
          if (rank === 1 && epoch === 1 && batch === 3)
            throw new DatasetError({ where: 'a.jpg', found: 'nothing', fix: 'Restore it' });
        },
      }),
    });
    const [first, second] = reasonsOf(results);
    expect(first).toMatchObject({ message: expect.stringContaining('rank 1, a.jpg: nothing') as string });
    expect(second).toBeInstanceOf(ReportedElsewhere);
    expect([first, second].map(isAgreed)).toEqual([true, true]);
    valuesOf(await trainJob(path, 1, { resume: true }));
    expectSameRun(path, whole);
  });

  it('tells of steps that are not finite with the images of all ranks', async () => {
    const path = temporaryFolder();
    const results = await trainJob(path, 2, {
      maxNonFinite: 2,
      hooks: () => ({ beforeStep: (inputs) => void (inputs['noise'] = NaN) }),
    });
    const [first, second] = reasonsOf(results);
    expect(first).toMatchObject({ message: expect.stringContaining('2 steps in a row') as string });
    expect(second).toBeInstanceOf(ReportedElsewhere);
    const { steps } = JSON.parse(readFileSync(join(path, 'non-finite.json'), 'utf8')) as {
      steps: { files: string[] }[];
    };
    expect(steps[0].files).toHaveLength(8);
  });

  it('refuses the folder of a run on all ranks, and tells of it once', async () => {
    const [first, second] = reasonsOf(await trainJob(whole, 2));
    expect(first).toMatchObject({ message: expect.stringContaining('already holds a run') as string });
    expect(second).toBeInstanceOf(ReportedElsewhere);
  });
});

describe('rankBatchSize', () => {
  it('shares the batch of the job out evenly', () => {
    expect(rankBatchSize({ size: 4 }, 16)).toBe(4);
  });

  it('names the batch sizes that can be shared', () => {
    expect(() => rankBatchSize({ size: 3 }, 16)).toThrow(
      '--batch-size: 16, with 3 processes, expected a multiple of 3: it is the batch of the whole job. ' +
        'Pass 15 or 18, or start another number of processes.',
    );
    expect(() => rankBatchSize({ size: 8 }, 4)).toThrow('Pass 8, or');
  });
});

describe('inTurn', () => {
  it('lets one rank after the other work', async () => {
    const order: string[] = [];
    const results = await Promise.all(
      ranksInOneProcess(3).map((job) =>
        inTurn(job, async () => {
          order.push(`${job.rank} begins`);
          await new Promise((resolve) => setTimeout(resolve, 5));
          order.push(`${job.rank} ends`);
          return job.rank;
        }),
      ),
    );
    expect(results).toEqual([0, 1, 2]);
    expect(order).toEqual(['0 begins', '0 ends', '1 begins', '1 ends', '2 begins', '2 ends']);
  });
});
