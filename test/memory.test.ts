import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { flagWords, isBuilt } from './support/cli-process';
import type { Program } from './support/cli-process';
import { memoryTrend } from './support/memory-trend';
import type { MemoryTrend } from './support/memory-trend';

const isLong = process.env['FEATUREMINE_LONG'] === '1';
jest.setTimeout(isLong ? 3_600_000 : 240_000);

/**
 * A batch of two images of 64 px is 25 kB. In few batches resident memory moves by steps of 10 to 35 MB that end nowhere
 * (buffers of the allocator and of decoders): the short form finds what keeps a batch's activations, the long one its images.
 */
const steepestKb = isLong ? 10 : 400;

const folder = mkdtempSync(join(tmpdir(), 'memory-'));
const voc = join(folder, 'VOCdevkit');
const run = join(folder, 'detector');
afterAll(() => rmSync(folder, { recursive: true }));

function measured(program: Program, argv: readonly string[], select: { mark: 'T' | 'E'; from: number }): MemoryTrend {
  const samples = join(folder, 'samples');
  const child = join(__dirname, 'support/measured-command.js');
  // By default glibc keeps up to 64 MB of free memory at the end of each thread's heap, more as time goes by.
  const env = { ...process.env, MALLOC_TRIM_THRESHOLD_: '131072' };
  const { status, stderr } = spawnSync(process.execPath, [child, samples, program, ...argv], { encoding: 'utf8', env });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  const trend = memoryTrend(readFileSync(samples, 'utf8'), select);
  if (isLong) console.info(`${program} ${argv[0]}: ${JSON.stringify(trend)}`);
  return trend;
}

(isBuilt ? describe : describe.skip)('memory', () => {
  beforeAll(async () => {
    const counts = { train: 160, val: 2 };
    await makeShapesDevkit({ folder: voc, seed: 5, counts, classNames: ['circle', 'square'], imageSides: [96, 128] });
  });

  const epochs = isLong ? 25 : 2;
  it(`stays flat over ${80 * epochs} steps of a detector's training`, () => {
    const shape = { model: 'resnet18', 'image-size': 64, 'batch-size': 2, workers: 2, threads: 2 };
    const argv = ['train', ...flagWords({ voc, train: '2007/train', ...shape, epochs, out: run })];
    const trend = measured('retinanet', argv, { mark: 'T', from: isLong ? 400 : 40 });
    expect(trend).toMatchObject({ batches: 80 * epochs, tensorCounts: [expect.any(Number)] });
    expect(trend.slopeKb).toBeLessThan(steepestKb);
  });

  it(`stays flat over ${80 * epochs} steps of a classifier's training`, () => {
    const shape = { model: 'resnet20', 'image-size': 32, 'batch-size': 16, workers: 2, threads: 2 };
    const sizes = ['--set', 'shapes.train=1280', '--set', 'shapes.test=16'];
    const flags = { dataset: 'shapes', ...shape, 'feature-mining': 2, epochs, out: join(folder, 'classifier') };
    const argv = ['train', ...sizes, ...flagWords(flags)];
    const trend = measured('backbone-pretrain', argv, { mark: 'T', from: isLong ? 400 : 40 });
    expect(trend).toMatchObject({ batches: 80 * epochs, tensorCounts: [expect.any(Number)] });
    expect(trend.slopeKb).toBeLessThan(steepestKb);
  });

  const images = isLong ? 10_000 : 600;
  it(`stays flat over ${images} predicted images`, () => {
    const many = join(folder, 'many');
    mkdirSync(many);
    const source = join(voc, 'VOC2007/JPEGImages');
    const names = readdirSync(source);
    for (let i = 0; i < images; i++) linkSync(join(source, names[i % names.length]), join(many, `${i}.jpg`));
    const argv = ['predict', '--run', run, '--out', join(folder, 'found'), '--no-draw', '--batch-size', '2', many];
    const trend = measured('retinanet', argv, { mark: 'E', from: isLong ? 1000 : 60 });
    expect(trend).toMatchObject({ batches: images / 2, tensorCounts: [expect.any(Number)] });
    expect(trend.slopeKb).toBeLessThan(steepestKb);
    const { images: found } = JSON.parse(readFileSync(join(folder, 'found/predictions.json'), 'utf8')) as {
      images: [];
    };
    expect(found).toHaveLength(images);
  });
});
