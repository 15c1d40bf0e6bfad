import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { decodeImage } from '@featuremine/vision-data';
import { openTestData } from '../../../src/classification-data';
import { epochFigure, sampleFigure } from '../../../src/reproduce/accuracy-figures';
import {
  activationMapFigure,
  classActivation,
  classActivations,
  shownImages,
} from '../../../src/reproduce/class-activation-maps';
import { gatherFigureNumbers, readFigureNumbers } from '../../../src/reproduce/figure-numbers';
import { pngDataUri } from '../../../src/reproduce/png';
import type { RowResult } from '../../../src/reproduce/row-result';
import type { RowPlan } from '../../../src/reproduce/scale';
import { activationFigure, stageActivations } from '../../../src/reproduce/stage-activations';
import { trainClassifier } from '../../../src/train-classifier';
import { trainSchema } from '../../../src/training-options';
import { temporaryFolder, writeStripes } from '../../stripes';

jest.setTimeout(120_000);

describe('classActivation', () => {
  it('weights the channels by the class’s weights, and scales to 0…1', () => {
    // Two cells of two channels; K = 2. Class 1 has weights 3 and -1: 3·1 − 2 = 1 and 3·4 − 5 = 7.
    const heat = classActivation(Float32Array.of(1, 2, 4, 5), Float32Array.of(9, 3, 9, -1), {
      label: 1,
      channels: 2,
      numClasses: 2,
    });
    expect([...heat]).toEqual([0, 1]);
  });

  it('is nowhere on a flat map', () => {
    const heat = classActivation(new Float32Array(4).fill(2), Float32Array.of(1), {
      label: 0,
      channels: 1,
      numClasses: 1,
    });
    expect([...heat]).toEqual([0, 0, 0, 0]);
  });
});

describe('pngDataUri', () => {
  it('writes a file that decodes to the same pixels', async () => {
    const data = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => (i * 37) % 256);
    const path = join(temporaryFolder(), 'image.png');
    writeFileSync(path, Buffer.from(pngDataUri({ width: 5, height: 3, data }).split(',')[1], 'base64'));
    expect((await decodeImage(path)).image).toEqual({ width: 5, height: 3, data });
  });
});

describe('the figures', () => {
  const run = join(temporaryFolder(), 'run');
  const title = 'a & b';
  const data = writeStripes({ train: 100, test: 70 });

  beforeAll(async () => {
    const options = { dataset: 'cifar10', data, model: 'resnet20', epochs: 1, batchSize: 20, workers: 0, threads: 2 };
    await trainClassifier(trainSchema.parse({ ...options, lr: 0.01, out: run }), silentLogger);
  });

  it('count the activations of each stage', async () => {
    const { svg, csv } = activationFigure([{ title, stages: await stageActivations(run) }]);
    const rows = csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').slice(1).map(Number));
    expect(rows.map(([stage]) => stage)).toEqual([1, 2, 3]);
    // At most all values of the map; each of those that count is above 0.5.
    rows.forEach(([, count, mean], stage) => {
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual((32 >> stage) ** 2 * (16 << stage));
      expect(mean).toBeGreaterThan(0.5);
    });
    expect(svg).toContain('a &#38; b');
  });

  it('show where four images are recognised', async () => {
    const images = await shownImages(openTestData(trainSchema.parse({ dataset: 'cifar10', data, out: 'none' })));
    const activations = await classActivations(run);
    const { svg, csv } = activationMapFigure([{ title, activations }], images);
    expect(activations.map(({ className }) => className)).toEqual(
      expect.arrayContaining([expect.stringMatching(/degrees/)]),
    );
    expect(svg.match(/<image /g)).toHaveLength(8);
    expect(csv.trim().split('\n')).toHaveLength(1 + 4 * 8 * 8);
  });

  it('draw the top-1 of each epoch', () => {
    const { csv } = epochFigure([{ title, epochs: { epochs: [1, 2], top1: [0.5, 0.25] } }], 'epochs');
    expect(csv).toBe('method,epoch,top-1 in %\na & b,1,50.000\na & b,2,25.000\n');
  });

  it('are drawn from numbers that a run keeps, once; figures that do not show it need none', async () => {
    const plan = (name: string) => ({ name }) as RowPlan;
    await gatherFigureNumbers(plan('cifar100-resnet56-fm2'), run, 'mini');
    expect(existsSync(join(run, 'figure-4.json'))).toBe(false);
    await gatherFigureNumbers(plan('cifar100-resnet110-fm2'), run, 'mini');
    await gatherFigureNumbers(plan('cub-resnet50-fm2'), run, 'mini');
    expect(readFigureNumbers(run, 4)).toEqual(await stageActivations(run));
    expect(readFigureNumbers(run, 5)).toEqual({ epochs: [1], top1: [expect.any(Number)] });
    expect(readFigureNumbers(run, 2)).toBeUndefined();
    writeFileSync(join(run, 'figure-5.json'), '{"epochs": [');
    expect(readFigureNumbers(run, 5)).toBeUndefined();
    await gatherFigureNumbers(plan('cub-resnet50-fm2'), run, 'mini');
    await gatherFigureNumbers(plan('cifar100-resnet110-fm2'), run, 'mini');
    expect(readFigureNumbers(run, 5)).toEqual({ epochs: [1], top1: [expect.any(Number)] });
  });

  it('draw a line for each method over the samples per class', () => {
    const result = (title: string, samplesPerClass: number | undefined, best: number): RowResult => ({
      plan: {
        row: {
          id: title,
          title,
          recipe: 'r',
          ...(samplesPerClass === undefined ? {} : { changes: { samplesPerClass } }),
        },
      } as unknown as RowResult['plan'],
      cells: [
        {
          seed: 0,
          best,
          last: best,
          bestEpoch: 1,
          epochs: 1,
          steps: 1,
          seconds: 1,
          numClasses: 10,
          trainImages: 80,
          testImages: 1,
        },
      ],
    });
    const { csv } = sampleFigure(
      [result('FM, all', undefined, 0.3), result('baseline, 5', 5, 0.1), result('FM, 5', 5, 0.2)],
      't',
    );
    expect(csv.split('\n').slice(1, 4)).toEqual(['FM,5,20.000,', 'FM,8,30.000,', 'baseline,5,10.000,']);
  });
});
