import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkerPool, detectionSamplesOf, makeShapesDevkit } from '@featuremine/vision-data';
import type { DetectionSample } from '@featuremine/vision-data';
import { readImageSet } from '@featuremine/voc';
import type { TrainingBatch } from '@featuremine/training';
import type { DetectorConfig } from '../src/detector-config';
import { trainSchema } from '../src/train-options';
import { TrainingBatches } from '../src/training-batches';
import { planAnchors, planResize } from '../src/training-plan';

const pool = createWorkerPool({ workers: 0 });
let folder: string;
let samples: DetectionSample[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-batches-'));
  const voc = join(folder, 'VOCdevkit');
  await makeShapesDevkit({ folder: voc, seed: 3, counts: { train: 8 }, imageSides: [80, 80], objectCounts: [1, 1] });
  samples = detectionSamplesOf(readImageSet(voc, '2007/train').images);
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

function source(given: Record<string, unknown>): TrainingBatches {
  const options = trainSchema.parse({ voc: 'VOCdevkit', train: '2007/train', out: 'run', batchSize: 2, ...given });
  const config: DetectorConfig = {
    classNames: ['circle', 'square', 'triangle'],
    architecture: {
      ...{ backbone: 'resnet18', numClasses: 3, p6From: 'p5', hasHeadNorm: false },
      ...{ batchNorm: 'frozen', trainableStages: 3, anchors: planAnchors(options) },
    },
    resize: planResize(options),
    pixels: 'uint8',
  };
  return new TrainingBatches({ samples, options, config, pool });
}

async function epoch(batches: TrainingBatches, number: number): Promise<TrainingBatch[]> {
  const found: TrainingBatch[] = [];
  for await (const batch of batches.of(number, 0)) found.push(batch);
  return found;
}

const shapeOf = ({ inputs }: TrainingBatch, name: string): readonly number[] =>
  (inputs[name] as { shape: readonly number[] }).shape;
const labelsOf = ({ inputs }: TrainingBatch): number[] => [...(inputs['labels'] as { data: Int32Array }).data];

describe('TrainingBatches', () => {
  it('has each image once an epoch', async () => {
    const batches = source({ imageSize: '96' });
    expect(batches.perEpoch).toBe(4);
    const files = (await epoch(batches, 0)).flatMap((batch) => batch.files);
    expect(new Set(files).size).toBe(8);
  });

  it('repeats the images of rare classes, by another draw in each epoch', async () => {
    const shares = [0, 1, 2].map((id) => samples.filter(({ labels }) => labels.includes(id)).length / 8);
    const rarest = shares.indexOf(Math.min(...shares));
    const batches = source({ imageSize: '96', repeatThreshold: 1, batchSize: 1 });
    const sum = samples.reduce((total, { labels }) => total + Math.sqrt(1 / shares[labels[0]]), 0);
    expect(batches.perEpoch).toBe(Math.floor(sum));
    const counts = new Map<string, number>();
    for (const { files } of [...(await epoch(batches, 0)), ...(await epoch(batches, 1))])
      counts.set(files[0], (counts.get(files[0]) ?? 0) + 1);
    const rare = samples.filter(({ labels }) => labels[0] === rarest).map(({ imagePath }) => counts.get(imagePath)!);
    expect(Math.max(...rare)).toBeGreaterThan(2);
  });

  it('draws the shorter side of each image from several (multi-scale)', async () => {
    const batches = source({ minSize: [64, 128], maxSize: 200, batchSize: 1 });
    const sides = [...(await epoch(batches, 0)), ...(await epoch(batches, 1))].map(
      (batch) => shapeOf(batch, 'images')[1],
    );
    expect(new Set(sides)).toEqual(new Set([64, 128]));
  });

  it('labels the anchors that the flags ask for', async () => {
    const [usual] = await epoch(source({ imageSize: '96' }), 0);
    const [other] = await epoch(source({ imageSize: '96', anchorRatios: [1], anchorSizes: [8, 16, 32, 64, 128] }), 0);
    expect(shapeOf(usual, 'labels')[1]).toBe(3 * shapeOf(other, 'labels')[1]);
  });

  it('trains on difficult objects, ignores them, or takes them for background', async () => {
    const difficult = samples.map((sample) => ({ ...sample, isDifficult: sample.isDifficult.map(() => 1) }));
    const easy = samples;
    try {
      samples = difficult;
      const seen = async (kind: string): Promise<Set<number>> =>
        new Set((await epoch(source({ imageSize: '96', difficult: kind }), 0)).flatMap(labelsOf));
      expect([...(await seen('train'))].some((label) => label >= 0)).toBe(true);
      expect(await seen('ignore')).toEqual(new Set([-1, -2]));
      expect(await seen('background')).toEqual(new Set([-1]));
    } finally {
      samples = easy;
    }
  });
});
