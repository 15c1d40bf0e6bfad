import { classificationBatches, createWorkerPool, openShapesClassification } from '@featuremine/vision-data';
import sharp from 'sharp';
import { createNetwork } from '../src/create-network';
import { featureMining } from '../src/feature-mining/feature-mining';
import { boxMask } from '../src/feature-mining/mining-box';
import { miningKind, type MINING_KINDS } from '../src/feature-mining/mining-kinds';
import { examplesSection, type TrainingExamplesParts } from '../src/training-examples';

const IMAGE_SIZE = 128;
const SEED = 3;
const COUNT = 20;

const classNames = ['circle', 'square', 'star'];
const dataset = openShapesClassification({ seed: 0, split: 'train', count: COUNT, imageSize: IMAGE_SIZE, classNames });
const network = createNetwork('resnet18', { numClasses: classNames.length });
const pool = createWorkerPool({ workers: 0 });
afterAll(() => pool.close());

function mining(stages: 0 | 1 | 2, kind: (typeof MINING_KINDS)[number] = 'box'): TrainingExamplesParts['mining'] {
  return featureMining(network, { stages, imageSize: IMAGE_SIZE, kind: miningKind(kind) });
}

const training = {
  dataset,
  imageSize: IMAGE_SIZE,
  transform: { crop: { kind: 'pad', padding: 8 }, isFlipped: true },
} as const;

async function section(parts: Partial<TrainingExamplesParts> = {}): Promise<string> {
  return (await examplesSection({ training, mining: mining(2), pool, seed: SEED, ...parts })).body;
}

const captionsOf = (body: string): string[] => [...body.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map((m) => m[1]);

describe('boxes of Feature Mining', () => {
  it('are those of the masks that a step is fed', () => {
    for (let step = 0; step < 40; step++) {
      const drawn = mining(2).draw(SEED, step);
      for (const { stage, map, box } of mining(2).boxes(SEED, step)) {
        const cells = map.height * map.width;
        const rows = drawn[`mining.${stage}`].data;
        expect([...rows.subarray(0, cells)].map((value) => (value > 0 ? 1 : 0))).toEqual([...boxMask(map, box)]);
      }
    }
  });

  it('are two where the parts are independent, and none where parts are no boxes', () => {
    const independent = mining(1, 'independent');
    const [first, second] = independent.boxes(SEED, 0);
    const rows = independent.draw(SEED, 0)['mining.layer4'].data;
    const cells = first.map.height * first.map.width;
    expect([...rows.subarray(0, cells)].map((value) => Math.sign(value))).toEqual([...boxMask(first.map, first.box)]);
    expect([...rows.subarray(cells, 2 * cells)].map((value) => 1 - Math.sign(value))).toEqual([
      ...boxMask(second.map, second.box),
    ]);
    expect(mining(1, 'points').boxes(SEED, 0)).toEqual([]);
  });
});

describe('examplesSection', () => {
  it('shows images as they are in the batches of the first epoch, with their labels', async () => {
    const body = await section();
    const uris = [...body.matchAll(/<image href="data:image\/jpeg;base64,([^"]+)"/g)].map((match) => match[1]);
    expect(uris).toHaveLength(6);
    const shown = await Promise.all(
      uris.map((uri) => sharp(Buffer.from(uri, 'base64')).raw().toBuffer({ resolveWithObject: false })),
    );
    const options = { pool, batchSize: COUNT, imageSize: IMAGE_SIZE, transform: training.transform } as const;
    const epoch = { seed: SEED, epoch: 0, order: 'shuffled', lastBatch: 'short' } as const;
    const size = IMAGE_SIZE ** 2 * 3;
    for await (const { images, labels } of classificationBatches(dataset, { ...options, ...epoch })) {
      const places = shown.map((pixels) => {
        const distances = Array.from({ length: COUNT }, (_, i) =>
          meanDistance(pixels, images.data.subarray(i * size, (i + 1) * size)),
        );
        const best = Math.min(...distances);
        expect(best).toBeLessThan(6); // JPEG's loss on noisy drawings; another image, or crop, is 20 and more away
        return distances.indexOf(best);
      });
      expect(new Set(places).size).toBe(6);
      expect(captionsOf(body).map((caption) => caption.split(';')[0])).toEqual(
        places.map((place) => classNames[labels.data[place]]),
      );
    }
  });

  it('draws the boxes of the first steps in pixels of the image', async () => {
    const body = await section();
    const rectangles = [...body.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
      (match) => match.slice(1).map(Number),
    );
    const expected = Array.from({ length: 6 }, (_, step) => mining(2).boxes(SEED, step))
      .flat()
      .filter(({ box }) => box.right > box.left && box.bottom > box.top)
      .map(({ map, box: { left, top, right, bottom } }) => {
        const cell = IMAGE_SIZE / map.width;
        return [left * cell, top * cell, (right - left) * cell, (bottom - top) * cell];
      });
    expect(expected.length).toBeGreaterThan(5);
    expect(rectangles).toEqual(expected);
    expect(body).toContain('Feature Mining');
  });

  it('says nothing of boxes where nothing is mined', async () => {
    const body = await section({ mining: mining(0) });
    expect(body).not.toMatch(/Feature Mining|<rect/);
    expect(captionsOf(body).every((caption) => classNames.includes(caption))).toBe(true);
  });

  it('tells of labels that were falsified', async () => {
    const trainingLabels = Int32Array.from({ length: COUNT }, (_, i) => (dataset.labelOf(i) + 1) % 3);
    for (const caption of captionsOf(await section({ trainingLabels, mining: mining(0) }))) {
      expect(caption).toMatch(/^(circle|square|star) \(falsified, it is (circle|square|star)\)$/);
    }
  });

  it('is the same each time, other for another seed, and small', async () => {
    const body = await section();
    expect(await section()).toBe(body);
    expect(await section({ seed: 4 })).not.toBe(body);
    expect(body.length).toBeLessThan(6 * 42_000);
  });

  it('shows all images of a small set', async () => {
    const few = openShapesClassification({ seed: 0, split: 'train', count: 3, imageSize: IMAGE_SIZE, classNames });
    expect(captionsOf(await section({ training: { ...training, dataset: few } }))).toHaveLength(3);
  });

  it('escapes class names', async () => {
    const hostile = { ...dataset, classNames: ['<img src=x onerror=alert(1)>', '"><b>', '&lt;'] };
    const body = await section({ training: { ...training, dataset: hostile }, mining: mining(0) });
    expect(body).not.toMatch(/<img|<b>|&lt;/);
    expect(body).toContain('&#60;img src=x onerror=alert(1)&#62;');
  });
});

function meanDistance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
