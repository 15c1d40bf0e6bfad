import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { readCheckpoint, readMetrics } from '@featuremine/training';
import type { Summary } from '@featuremine/training';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { differing } from '../../../../test/support/distance';
import { ranksInOneProcess } from '../../../mpi/test/support/ranks';
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

/** The weights, not the slots of the optimizer, that differ by more than this, relative to their norm. */
function differingWeights(run: Trained, expected: Trained, limit: number): ReturnType<typeof differing> {
  const weights = new Map([...expected.variables].filter(([variable]) => !variable.includes('/')));
  return differing(run.variables, weights, limit);
}

describe('a detector trained in a job of two', () => {
  it('has after a step the weights, the losses and the validation of one process', async () => {
    const options = { epochs: 1, limit: 4, val: '2007/val' };
    const [alone, job] = [await trained('first', 1, options), await trained('first', 2, options)];
    expect(job.summary.steps).toBe(1);
    expect(differingWeights(job, alone, 1e-5)).toEqual([]);
    const [expected, found] = [1, 2].map((ranks) => readMetrics(join(folder, `first-${ranks}`)));
    expect(found.length).toBe(expected.length);
    expected.forEach((line, i) => {
      for (const [key, value] of Object.entries(line)) {
        if (key === 'seconds' || key === 'imagesPerSecond' || typeof value !== 'number') continue;
        const difference = Math.abs((found[i][key] as number) - value);
        expect([key, difference <= 1e-3 * Math.abs(value) + 1e-6]).toEqual([key, true]);
      }
    });
  });

  // From random weights, the rounding of sums over a batch grows a thousandfold in 20 steps: one process that adds up
  // the gradients of the same halves rounds as a job does.
  (process.env['FEATUREMINE_LONG'] === '1' ? it : it.skip)(
    'has after 20 steps the weights of one process that accumulates the halves',
    async () => {
      const options = { epochs: 2, evaluateEvery: 2, imageSize: '64x64', minSize: undefined, maxSize: undefined };
      const job = await trained('halves', 2, { ...options, batchSize: 2 });
      const alone = await trained('halves', 1, { ...options, batchSize: 1, accumulate: 2 });
      expect(job.summary.steps).toBe(20);
      expect(differingWeights(job, alone, 1e-6)).toEqual([]);
    },
  );
});
