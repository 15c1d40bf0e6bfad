import { readImageSet } from '@featuremine/voc';
import {
  classificationBatches,
  createWorkerPool,
  detectionBatches,
  detectionSamplesOf,
  makeShapesDevkit,
  openRecords,
  openShapesClassification,
  packDataset,
} from '../src';
import type {
  BatchPart,
  ClassificationBatch,
  ClassificationBatchOptions,
  ClassificationDataset,
  DetectionBatch,
  DetectionBatchOptions,
  DetectionSample,
} from '../src';
import { withScratchFolder } from './scratch';

type Batch = ClassificationBatch | DetectionBatch;

async function all<T extends Batch>(batches: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

const pool = createWorkerPool({ workers: 0 });
afterAll(() => pool.close());

const bytesOf = ({ images }: Batch): Buffer => Buffer.from(images.data.buffer, images.data.byteOffset, images.data.byteLength); // prettier-ignore

/** Expects the batches of all parts, put together, to be the whole ones. */
function expectWhole(whole: readonly Batch[], parts: readonly (readonly Batch[])[]): void {
  whole.forEach((batch, i) => {
    const own = parts.map((part) => part[i]).filter((part) => part !== undefined);
    expect(own.flatMap(({ indices }) => [...indices])).toEqual([...batch.indices]);
    expect(own.flatMap(({ files }) => files)).toEqual(batch.files);
    const full = own.filter(({ imageCount, images }) => imageCount === images.shape[0]);
    const together = Buffer.concat(full.map(bytesOf));
    expect(together.equals(bytesOf(batch).subarray(0, together.length))).toBe(true);
  });
}

const ranks = (size: number): BatchPart[] => Array.from({ length: size }, (_, rank) => ({ rank, size }));

describe('parts of detection batches', () => {
  const usual = {
    ...({ batchSize: 6, seed: 7, epoch: 1, order: 'shuffled', lastBatch: 'drop', pixels: 'uint8' } as const),
    resize: { kind: 'min-max', minSize: [64, 96, 128], maxSize: 160 },
    augmentation: { flipProbability: 0.5 },
    matching: {},
  } as const satisfies Omit<DetectionBatchOptions, 'pool'>;
  const made = (samples: DetectionSample[], options: Partial<DetectionBatchOptions>): Promise<DetectionBatch[]> =>
    all(detectionBatches(samples, { ...usual, pool, ...options }));

  async function withSamples(use: (samples: DetectionSample[]) => Promise<void>): Promise<void> {
    await withScratchFolder(async (folder) => {
      await makeShapesDevkit({ folder, seed: 2, counts: { train: 13 }, imageSides: [60, 140] });
      await use(detectionSamplesOf(readImageSet(folder, '2007/train').images));
    });
  }

  it('are the whole ones, padded to the same size, with images that repeat', async () => {
    await withSamples(async (samples) => {
      const subset = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 1, 12);
      for (const options of [{}, { subset }, { isGroupedByAspect: true }]) {
        const whole = await made(samples, options);
        const parts = await Promise.all(ranks(3).map((part) => made(samples, { ...options, part })));
        expect(whole).toHaveLength(2);
        expectWhole(whole, parts);
        for (const part of parts) {
          expect(part.map(({ labels }) => labels!.shape)).toEqual(whole.map(({ labels }) => [2, labels!.shape[1]]));
        }
      }
    });
  });

  it('of a last batch that is short are padded, or not there', async () => {
    await withSamples(async (samples) => {
      const options = { order: 'sequential', lastBatch: 'pad' } as const;
      const parts = await Promise.all(ranks(3).map((part) => made(samples, { ...options, part })));
      expect(parts.map((part) => part.map(({ imageCount }) => imageCount))).toEqual([
        [2, 2, 1],
        [2, 2],
        [2, 2],
      ]);
      expect(parts[0][2].images.shape[0]).toBe(2);
      expectWhole(await made(samples, options), parts);
    });
  });

  it('go on in the middle of an epoch', async () => {
    await withSamples(async (samples) => {
      const part = { rank: 1, size: 2 };
      const whole = await made(samples, { part });
      expect(await made(samples, { part, startBatch: 1 })).toEqual(whole.slice(1));
    });
  });
});

describe('parts of classification batches', () => {
  const shapes = openShapesClassification({ seed: 1, count: 55, imageSize: 16 });
  const usual = {
    ...({ batchSize: 12, imageSize: 16, seed: 3, epoch: 0, order: 'shuffled', lastBatch: 'drop' } as const),
    transform: { crop: { kind: 'pad', padding: 2 }, isFlipped: true },
  } as const satisfies Omit<ClassificationBatchOptions, 'pool'>;
  const made = (dataset: ClassificationDataset, options: Partial<ClassificationBatchOptions>) =>
    all(classificationBatches(dataset, { ...usual, pool, ...options }));

  async function expectParts(dataset: ClassificationDataset, lengths: readonly number[]): Promise<void> {
    for (const options of [{}, { startBatch: 2 }, { order: 'sequential', lastBatch: 'pad' }] as const) {
      const whole = await made(dataset, options);
      const parts = await Promise.all(ranks(4).map((part) => made(dataset, { ...options, part })));
      expectWhole(whole, parts);
      if ('lastBatch' in options) expect(parts.map((part) => part.length)).toEqual(lengths);
      else expect(parts.map((part) => part.length)).toEqual(ranks(4).map(() => whole.length));
    }
  }

  it('are the whole ones, each image once', () => expectParts(shapes, [5, 5, 5, 4]));

  it('are the whole ones of streamed records too', async () => {
    await withScratchFolder(async (folder) => {
      await packDataset(shapes, {
        ...{ folder, split: 'train', kind: 'shapes', content: 'pixels', seed: 4, shardBytes: 8000 },
      });
      await expectParts(openRecords({ folder, split: 'train', shuffleBuffer: 12 }), [5, 5, 5, 4]);
    });
  });

  it('bring their own partners', async () => {
    const partnerOf = (index: number): number => (index + 7) % 55;
    for (const batch of await made(shapes, { partnerOf, part: { rank: 1, size: 4 } })) {
      expect(batch.images.shape[0]).toBe(6);
      expect([...batch.indices.slice(3)]).toEqual([...batch.indices.slice(0, 3)].map(partnerOf));
    }
  });

  it('are refused when they are not equal', () => {
    expect(() => made(shapes, { part: { rank: 0, size: 5 } })).toThrow('batches of 12 cannot be shared by 5');
  });
});
