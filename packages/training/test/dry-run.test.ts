import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dryRunText, isDryRun } from '../src';
import type { DryRunSummary, TrainingBatch } from '../src';
import { makeLinearTask } from './support/linear-task';
import { temporaryFolder, trainIn } from './support/run-files';

describe('dryRun', () => {
  const path = join(temporaryFolder(), 'run');
  afterAll(() => rmSync(join(path, '..'), { recursive: true }));
  const batches: string[] = [];
  let evaluations = 0;
  let summary: DryRunSummary;
  const failing = { dryRun: true, config: { dryRun: true } };

  beforeAll(async () => {
    const task = makeLinearTask({
      stepsPerEpoch: 3,
      hooks: {
        beforeBatch: (epoch, batch) => void batches.push(`${epoch}.${batch}`),
        beforeStep: () => new Promise((resolve) => setTimeout(resolve, 20)),
        evaluate: () => ({ error: ++evaluations }),
      },
    });
    const config = { lr: 0.02, dryRun: true };
    const result = await trainIn(path, { ...task, data: { images: '12 files' } }, { config, epochs: 4, dryRun: true });
    expect(isDryRun(result)).toBe(true);
    summary = result as DryRunSummary;
  });

  it('takes five steps of the training and evaluates nothing', () => {
    expect(batches).toEqual(['0.0', '0.1', '0.2', '1.0', '1.1']);
    expect(evaluations).toBe(0);
  });

  it('tells the config, the data, the steps, and their time by the median of the last three', () => {
    const { plan, stoppedBy, parameters } = summary;
    expect({ stoppedBy, parameters }).toEqual({ stoppedBy: 'dry-run', parameters: 3 });
    expect(plan).toMatchObject({ config: { lr: 0.02 }, data: { images: '12 files' }, measuredSteps: 3 });
    expect(plan).toMatchObject({ epochs: 4, stepsPerEpoch: 3, steps: 12 });
    expect(plan.secondsPerStep).toBeGreaterThan(0.015);
    expect(plan.estimatedSeconds).toBeCloseTo(12 * plan.secondsPerStep);
    expect(summary.imagesPerSecond).toBeCloseTo(plan.imagesPerStep / plan.secondsPerStep);
  });

  it('writes nothing', () => {
    expect(existsSync(path)).toBe(false);
  });

  it('throws the fault of a step, not that of the batch behind it', async () => {
    const task = makeLinearTask({
      hooks: {
        beforeStep: () => Promise.reject(new Error('the step fails')),
        beforeBatch: (_, batch) => (batch === 1 ? Promise.reject(new Error('the pool is closed')) : undefined),
      },
    });
    // A rejection that nobody handles would fail this test.
    await expect(trainIn(path, task, failing)).rejects.toThrow('the step fails');
  });

  it('ends the batches when a step fails', async () => {
    let areEnded = false;
    const task = makeLinearTask({ hooks: { beforeStep: () => Promise.reject(new Error('the step fails')) } });
    async function* batches(epoch: number, startBatch: number): AsyncGenerator<TrainingBatch> {
      try {
        yield* task.batches(epoch, startBatch);
      } finally {
        areEnded = true;
      }
    }
    await expect(trainIn(path, { ...task, batches }, failing)).rejects.toThrow('the step fails');
    expect(areEnded).toBe(true);
  });

  it('is a table for people, with the config below', () => {
    const text = dryRunText(summary);
    expect(text).toMatch(/^images +12 files$/m);
    expect(text).toMatch(/^steps +12 \(4 epochs of 3, \d+ images each\)$/m);
    expect(text).toMatch(/^estimated time +[\d.]+ m?s, without evaluations$/m);
    expect(text).toContain('"lr": 0.02');
  });
});
