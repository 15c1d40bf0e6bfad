import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { readCheckpoint, readMetrics } from '@featuremine/training';
import type { Summary } from '@featuremine/training';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { ranksInOneProcess } from '../../../mpi/test/support/ranks';
import { relativeError } from '../../../mpi/test/support/relative-error';
import { trainDetector } from '../../src/train-detector';
import { trainSchema } from '../../src/train-options';

jest.setTimeout(300_000);

let folder: string;
let voc: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-job-'));
  voc = join(folder, 'VOCdevkit');
  const classNames = ['circle', 'square'];
  await makeShapesDevkit({ folder: voc, seed: 5, counts: { train: 20, val: 3 }, classNames, imageSides: [96, 128] });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Trained {
  readonly summary: Summary;
  readonly variables: Map<string, Float32Array>;
}

/** Trains on so many ranks of this process, and returns what rank 0 wrote. */
async function trained(name: string, ranks: number, options: Record<string, unknown>): Promise<Trained> {
  const out = join(folder, `${name}-${ranks}`);
  const parsed = trainSchema.parse({
    ...{ voc, train: '2007/train', model: 'resnet18', minSize: 64, maxSize: 96, batchSize: 4, batchNorm: 'frozen' },
    ...{ lr: 0.01, warmupSteps: 0, schedule: 'constant', workers: 0, logEvery: 1, threads: 1, out },
    ...options,
  });
  const [summary] = await Promise.all(
    ranksInOneProcess(ranks).map((job) => trainDetector(parsed, silentLogger, { job })),
  );
  const [last] = readdirSync(join(out, 'checkpoint')).sort().reverse();
  return { summary, variables: readCheckpoint(join(out, 'checkpoint', last)).variables };
}

/** Expects two ranks with half of each batch to end as one with the whole. */
async function expectSame(name: string, options: Record<string, unknown>, tolerance: number): Promise<void> {
  const [alone, job] = [await trained(name, 1, options), await trained(name, 2, options)];
  expect(job.summary.steps).toBe(alone.summary.steps);
  for (const [variable, expected] of alone.variables) {
    const actual = job.variables.get(variable)!;
    expect([variable, relativeError(actual, expected) <= tolerance]).toEqual([variable, true]);
  }
  const lines = [1, 2].map((ranks) => readMetrics(join(folder, `${name}-${ranks}`)));
  lines[0].forEach((line, i) => {
    for (const [key, value] of Object.entries(line)) {
      if (key === 'seconds' || key === 'imagesPerSecond' || typeof value !== 'number') continue;
      const other = lines[1][i][key] as number;
      expect([key, Math.abs(other - value) <= 1e-3 * Math.abs(value) + 1e-6]).toEqual([key, true]);
    }
  });
}

describe('a detector trained in a job of two', () => {
  it('has after a step the weights and the validation of one process', async () => {
    await expectSame('first', { epochs: 1, limit: 4, val: '2007/val' }, 1e-5);
  });

  it('has them after 20 steps', async () => {
    await expectSame('later', { epochs: 2, batchSize: 2, evaluateEvery: 2 }, 1e-4);
  });

  it.each(['batch', 'ema'])(
    'divides by the foreground of the whole batch (%s), also of accumulated ones',
    async (lossNormalizer) => {
      await expectSame(lossNormalizer, { lossNormalizer, epochs: 2, limit: 4, accumulate: 2, batchSize: 2 }, 1e-5);
    },
  );
});
