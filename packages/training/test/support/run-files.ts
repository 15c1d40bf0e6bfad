import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import type { Logger } from '@featuremine/command-line';
import { RunFolder, createSchedule, listCheckpoints, readCheckpoint, train } from '../../src';
import type { Summary, TrainingTask } from '../../src';
import type { TrainOptions } from '../../src';

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'training-'));
}

/** A logger that keeps its lines. */
export function keepingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (text: string): void => void lines.push(text);
  return { lines, info: keep, warn: keep, error: keep, debug: keep };
}

/** Trains a task in a folder with settings that suit small tests. */
export async function trainIn(
  path: string,
  task: TrainingTask,
  options: Partial<TrainOptions> & { readonly resume?: boolean; readonly config?: Record<string, unknown> } = {},
): Promise<Summary> {
  const { resume = false, config = { lr: 0.02 }, ...rest } = options;
  const log = rest.log ?? silentLogger;
  const run = RunFolder.open({ path, resume, config, log });
  try {
    const epochs = rest.epochs ?? 3;
    const totalSteps = 3 * task.stepsPerEpoch;
    const schedule = createSchedule({ kind: 'cosine', learningRate: 0.02, totalSteps });
    return await train(task, run, { schedule, logEvery: 4, ...rest, epochs, log });
  } finally {
    run.close();
  }
}

/** The lines of metrics.jsonl without what depends on the clock. */
export function metricsOf(path: string): Record<string, unknown>[] {
  const lines = readFileSync(join(path, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'seconds' && key !== 'imagesPerSecond'));
  });
}

function variablesOf(path: string): Record<string, number[]> {
  const folder = join(path, 'checkpoint');
  const { variables } = readCheckpoint(join(folder, listCheckpoints(folder)[0]));
  return Object.fromEntries([...variables].map(([name, data]) => [name, [...data]]));
}

/** The same metrics lines, weights and optimizer state, bit for bit. */
export function expectSameRun(path: string, other: string): void {
  expect(metricsOf(path)).toEqual(metricsOf(other));
  expect(variablesOf(path)).toEqual(variablesOf(other));
  const weights = (folder: string): Buffer => readFileSync(join(folder, 'weights.safetensors'));
  expect(weights(path).equals(weights(other))).toBe(true);
}
