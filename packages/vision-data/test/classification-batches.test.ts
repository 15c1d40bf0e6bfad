import { createHash } from 'node:crypto';
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { DatasetError } from '@featuremine/errors';
import {
  classificationBatches,
  createWorkerPool,
  openCifar100,
  openImageFolder,
  openShapesClassification,
} from '../src';
import type { ClassificationBatchOptions, ClassificationDataset, WorkerPool } from '../src';
import { picture } from './fixture';
import { DATA_FOLDER, itWithData, withScratchFolder } from './scratch';

// Starting threads takes a while on a busy machine.
jest.setTimeout(60_000);

type Options = Omit<ClassificationBatchOptions, 'pool'>;

const training: Options = {
  batchSize: 10,
  imageSize: 48,
  seed: 3,
  epoch: 0,
  order: 'shuffled',
  lastBatch: 'drop',
  transform: { crop: { kind: 'random-resized' }, isFlipped: true, colourJitter: { brightness: 0.4, hue: 0.1 } },
};

async function withPool<T>(workers: number, use: (pool: WorkerPool) => Promise<T>): Promise<T> {
  const pool = createWorkerPool({ workers });
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

/** One hash a batch: pixels and labels. */
async function hashes(dataset: ClassificationDataset, options: ClassificationBatchOptions): Promise<string[]> {
  const result: string[] = [];
  for await (const batch of classificationBatches(dataset, options)) {
    const labels = Buffer.from(batch.labels.data.buffer);
    result.push(createHash('md5').update(batch.images.data).update(labels).digest('hex'));
  }
  return result;
}

describe('classificationBatches', () => {
  const shapes = openShapesClassification({ seed: 1, count: 55, imageSize: 40 });

  it('puts the partners of a batch behind its images, in their order', async () => {
    await withPool(0, async (pool) => {
      const partnerOf = (index: number): number => (index + 7) % 55;
      for await (const batch of classificationBatches(shapes, { ...training, pool, partnerOf })) {
        expect(batch.images.shape).toEqual([20, 48, 48, 3]);
        const [own, partners] = [batch.indices.slice(0, 10), batch.indices.slice(10)];
        expect([...partners]).toEqual([...own].map(partnerOf));
        expect([...batch.labels.data]).toEqual([...batch.indices].map((index) => shapes.labelOf(index)));
      }
    });
  });

  it('makes the same batches with 0, 1, 2 and 3 workers, over two epochs and with a cache or without', async () => {
    const all = new Set<string>();
    for (const workers of [0, 1, 2, 3]) {
      const cacheBytes = workers === 1 ? 0 : 1_000_000;
      await withPool(workers, async (pool) => {
        const epochs = [0, 1].map((epoch) => ({ ...training, epoch, pool, cacheBytes }));
        const made = [await hashes(shapes, epochs[0]), await hashes(shapes, epochs[1])];
        expect(made.map((epoch) => epoch.length)).toEqual([5, 5]);
        all.add(made.flat().join());
      });
    }
    expect(all.size).toBe(1);
    expect(new Set([...all][0].split(',')).size).toBe(10);
  });

  it('makes the same batches of files in threads, where parts are decoded, as without', async () => {
    await withScratchFolder(async (folder) => {
      mkdirSync(join(folder, 'a'));
      for (let i = 0; i < 6; i++) {
        const { data } = picture(150 + 10 * i, 110);
        await sharp(data, { raw: { width: 150 + 10 * i, height: 110, channels: 3 } })
          .jpeg({ quality: 90 })
          .toFile(join(folder, 'a', `${i}.jpg`));
      }
      const dataset = openImageFolder({ folder, split: 'train' });
      const options = { ...training, batchSize: 3, imageSize: 64 };
      const made = new Set<string>();
      for (const [workers, cacheBytes] of [
        [0, 0],
        [1, 0],
        [2, 60_000],
        [1, 10_000_000],
      ]) {
        await withPool(workers, async (pool) => {
          made.add((await hashes(dataset, { ...options, pool, cacheBytes })).join());
        });
      }
      expect(made.size).toBe(1);
    });
  });

  it('goes on in the middle of an epoch as if it had not stopped', async () => {
    await withPool(0, async (pool) => {
      const whole = await hashes(shapes, { ...training, pool });
      expect(await hashes(shapes, { ...training, pool, startBatch: 3 })).toEqual(whole.slice(3));
      expect(await hashes(shapes, { ...training, pool, startBatch: 5 })).toEqual([]);
    });
  });

  it('pads the last batch with zeros and the label −1', async () => {
    await withPool(0, async (pool) => {
      const options = { ...training, pool, batchSize: 50, lastBatch: 'pad', order: 'sequential' } as const;
      const batches = [];
      for await (const batch of classificationBatches(shapes, options)) batches.push(batch);
      const last = batches[1];
      expect([last.imageCount, last.files.length, last.images.shape]).toEqual([5, 5, [50, 48, 48, 3]]);
      expect([...last.labels.data.subarray(3, 8)]).toEqual([53 % 8, 54 % 8, -1, -1, -1]);
      expect(last.images.data.subarray(5 * 48 * 48 * 3).every((value) => value === 0)).toBe(true);
    });
  });

  it('names the file at fault, whichever thread found it', async () => {
    await withScratchFolder(async (folder) => {
      mkdirSync(join(folder, 'a'));
      writeFileSync(join(folder, 'a', 'broken.jpg'), 'no image');
      const dataset = openImageFolder({ folder, split: 'train' });
      for (const workers of [0, 2]) {
        await withPool(workers, async (pool) => {
          const made = hashes(dataset, { ...training, pool, lastBatch: 'short' });
          await expect(made).rejects.toThrow(/broken\.jpg: the image cannot be decoded/);
          await expect(made).rejects.toBeInstanceOf(DatasetError);
        });
      }
    });
  });

  itWithData('tiny-imagenet-32')('resizes 32-pixel records, cropped after padding, to the size asked for', async () => {
    const dataset = openCifar100({ folder: join(DATA_FOLDER, 'tiny-imagenet-32'), split: 'test' });
    await withPool(0, async (pool) => {
      const options = { ...training, pool, imageSize: 128, transform: { crop: { kind: 'pad' } } } as const;
      for await (const batch of classificationBatches(dataset, options)) {
        expect(batch.images.shape).toEqual([10, 128, 128, 3]);
        expect(batch.labels.data[0]).toBe(dataset.labelOf(batch.indices[0]));
        expect(batch.files[0]).toBe(dataset.fileOf(batch.indices[0]));
        break;
      }
    });
  });
});
