import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { decodeImage } from '@featuremine/vision-data';
import { epochFigure, sampleFigure } from '../../../src/reproduce/accuracy-figures';
import { activationMapFigure, classActivation } from '../../../src/reproduce/class-activation-maps';
import { pngDataUri } from '../../../src/reproduce/png';
import type { RowResult } from '../../../src/reproduce/row-result';
import { activationFigure } from '../../../src/reproduce/stage-activations';
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
  const shown = [{ title: 'a & b', run }];

  beforeAll(async () => {
    const data = writeStripes({ train: 100, test: 70 });
    const options = { dataset: 'cifar10', data, model: 'resnet20', epochs: 1, batchSize: 20, workers: 0, threads: 2 };
    await trainClassifier(trainSchema.parse({ ...options, lr: 0.01, out: run }), silentLogger);
  });

  it('count the activations of each stage', async () => {
    const { svg, csv } = await activationFigure(shown);
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
    const { svg, csv } = await activationMapFigure(shown);
    expect(svg.match(/<image /g)).toHaveLength(8);
    expect(csv.trim().split('\n')).toHaveLength(1 + 4 * 8 * 8);
  });

  it('draw the top-1 of each epoch', () => {
    const { csv } = epochFigure(shown, 'epochs');
    expect(csv).toMatch(/^method,epoch,top-1 in %\na & b,1,\d+\.\d{3}\n$/);
  });

  it('draw a line for each method over the samples per class', () => {
    const result = (title: string, samplesPerClass: number, best: number): RowResult => ({
      plan: { row: { id: title, title, recipe: 'r', changes: { samplesPerClass } } } as unknown as RowResult['plan'],
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
          trainImages: 1,
          testImages: 1,
        },
      ],
    });
    const { csv } = sampleFigure(
      [result('FM, 5', 5, 0.2), result('baseline, 5', 5, 0.1), result('FM, 10', 10, 0.3)],
      't',
    );
    expect(csv.split('\n').slice(1, 4)).toEqual(['FM,5,20.000,', 'FM,10,30.000,', 'baseline,5,10.000,']);
  });
});
