import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { readSafetensors, writeSafetensors, type StateDict } from '@featuremine/weights';
import { createNetwork } from '../../src/create-network';
import { evaluateRun } from '../../src/evaluate-run';
import { trainClassifier } from '../../src/train-classifier';
import { evalSchema, trainSchema, type TrainOptions } from '../../src/training-options';
import { temporaryFolder, writeStripes } from '../stripes';

jest.setTimeout(120_000);

function optionsOf(options: Partial<TrainOptions>): TrainOptions {
  const defaults = { dataset: 'cifar10', model: 'resnet20', featureMining: 2, workers: 0, batchSize: 20, threads: 2 };
  // Flips turn the stripes of one class into those of another.
  return trainSchema.parse({ ...defaults, augment: 'none', schedule: 'constant', lr: 0.05, ...options });
}

/** All state in the last checkpoint of a run, as text that can be compared. */
function lastState(run: string): string {
  const checkpoints = readdirSync(join(run, 'checkpoint')).sort();
  const path = join(run, 'checkpoint', checkpoints[checkpoints.length - 1], 'variables.safetensors');
  return readFileSync(path).toString('base64');
}

describe('trainClassifier', () => {
  const data = writeStripes({ train: 400, test: 110 });

  it('learns with Feature Mining on two stages, and writes weights that eval finds equally good', async () => {
    const out = join(temporaryFolder(), 'run');
    const summary = await trainClassifier(optionsOf({ data, out, epochs: 6, schedule: 'cosine' }), silentLogger);
    const best = summary.best!.metrics['top1'];
    expect(best).toBeGreaterThan(0.8); // chance: 0.1
    expect(summary).toMatchObject({ stoppedBy: 'finished', epochs: 6, steps: 120, parameters: 269_722 });

    // 110 images in batches of 20: the last batch is padded.
    const result = await evaluateRun(evalSchema.parse({ run: out, workers: 0 }));
    expect(result).toMatchObject({ images: 110, top1: best, split: 'test' });

    const file = readSafetensors(join(out, 'weights.safetensors'));
    const metadata = Object.fromEntries(file.metadata);
    expectNetworkOnly(file.tensors);
    expect(metadata).toMatchObject({ format: 'pt', model: 'resnet20', featureMining: '2', seed: '0' });
    expect(metadata['sha256']).toMatch(/^[0-9a-f]{64}$/);
    const recipe = JSON.parse(metadata['recipe']) as TrainOptions;
    expect(recipe.lr).toBe(0.05);
    for (const key of ['data', 'out', 'workers', 'threads', 'profile', 'dryRun'])
      expect(recipe).not.toHaveProperty(key);
  });

  it('is not judged with a classifier that its file of weights lacks, or has for other classes', async () => {
    const out = join(temporaryFolder(), 'run');
    await trainClassifier(optionsOf({ data, out, epochs: 1, batchSize: 200 }), silentLogger);
    const path = join(out, 'weights.safetensors');
    const { tensors } = readSafetensors(path);
    const kept = [...tensors].filter(([name]) => name !== 'fc.bias');
    const evaluate = () => evaluateRun(evalSchema.parse({ run: out, workers: 0 }));
    writeSafetensors(path, new Map(kept));
    await expect(evaluate()).rejects.toThrow(/1 missing \(fc\.bias\)/);
    writeSafetensors(path, new Map([...kept, ['fc.bias', { dtype: 'F32', shape: [2], data: new Float32Array(2) }]]));
    await expect(evaluate()).rejects.toThrow(/fc\.bias \[2\], not \[10\]/);
  });

  it('ends with the same bits when it is resumed as when it runs through', async () => {
    const folder = temporaryFolder();
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    await trainClassifier(optionsOf({ data, out: whole, epochs: 2 }), silentLogger);
    await trainClassifier(optionsOf({ data, out: parts, epochs: 1 }), silentLogger);
    await trainClassifier(optionsOf({ data, out: parts, epochs: 2, resume: true }), silentLogger);
    expect(lastState(parts) === lastState(whole)).toBe(true);
  });

  it('combines Feature Mining with Mixup, DropBlock, averaged weights and noisy labels, and resumes all of it', async () => {
    const folder = temporaryFolder();
    const all = { data, mixup: 1, dropout: 'block', labelNoise: 0.2, ema: 0.9, miningKind: 'points' } as const;
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    await trainClassifier(optionsOf({ ...all, out: whole, epochs: 2, batchSize: 100 }), silentLogger);
    await trainClassifier(optionsOf({ ...all, out: parts, epochs: 1, batchSize: 100 }), silentLogger);
    const options = optionsOf({ ...all, out: parts, epochs: 2, batchSize: 100, resume: true });
    expect((await trainClassifier(options, silentLogger)).steps).toBe(8);
    expect(lastState(parts) === lastState(whole)).toBe(true);
  });

  it('combines Feature Mining with BYOT and CS-KD, and keeps the exits that count at test', async () => {
    const out = join(temporaryFolder(), 'run');
    const options = optionsOf({ data, out, epochs: 2, batchSize: 100, featureMining: 2, byot: true, csKd: 1 });
    const summary = await trainClassifier(options, silentLogger);
    const { metrics } = summary.best!;
    expect(Object.keys(metrics)).toEqual(
      expect.arrayContaining(['networkTop1', 'train/byotDivergence', 'train/csKdDivergence', 'train/classifierLoss']),
    );
    const result = await evaluateRun(evalSchema.parse({ run: out, workers: 0 }));
    expect(result).toMatchObject({ top1: metrics['top1'], networkTop1: metrics['networkTop1'] });
    expectNetworkOnly(readSafetensors(join(out, 'weights.safetensors')).tensors);
    expect([...readSafetensors(join(out, 'exits.safetensors')).tensors.keys()]).toContain('byot.layer1.fc.weight');
  });

  it('starts from weights, with a new classifier where the classes are others', async () => {
    const folder = temporaryFolder();
    const weights = join(folder, 'first', 'weights.safetensors');
    await trainClassifier(optionsOf({ data, out: join(folder, 'first'), epochs: 1 }), silentLogger);
    const lines: string[] = [];
    const log = { ...silentLogger, info: (line: string) => lines.push(line) };
    const shapes = { train: 40, test: 20, seed: 0, classes: ['circle', 'bar'] };
    const options = {
      dataset: 'shapes',
      imageSize: 32,
      shapes,
      weights,
      out: join(folder, 'second'),
      epochs: 1,
    } as const;
    await trainClassifier(optionsOf(options), log);
    expect(lines.join('\n')).toMatch(/2 of another shape \(fc\.weight \[10, 64\], not \[2, 64\]/);
  });
});

function expectNetworkOnly(tensors: StateDict): void {
  const network = createNetwork('resnet20', { numClasses: 10 });
  const names = [...tensors.keys()].filter((name) => !name.endsWith('num_batches_tracked'));
  expect(new Set(names)).toEqual(new Set(network.variables.map(({ name }) => name)));
}
