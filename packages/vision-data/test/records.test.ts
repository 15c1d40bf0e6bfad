import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import sharp from 'sharp';
import {
  classificationBatches,
  createWorkerPool,
  openImageFolder,
  openRecords,
  openShapesClassification,
  packDataset,
} from '../src';
import type { ClassificationBatchOptions, ClassificationDataset, PackOptions } from '../src';
import { ShardWriter } from '../src/records/shard-writer';
import { withScratchFolder } from './scratch';
import { writeFiles } from './write-files';

jest.setTimeout(60_000);

const shapes = openShapesClassification({ seed: 1, count: 55, imageSize: 16 });

/** Shards of about ten images of 16x16. */
function packShapes(folder: string, options: Partial<PackOptions> = {}): ReturnType<typeof packDataset> {
  return packDataset(shapes, {
    ...{ folder, split: 'train', kind: 'shapes', content: 'pixels', seed: 4, shardBytes: 8000 },
    ...options,
  });
}

type Options = Omit<ClassificationBatchOptions, 'pool'>;
const training: Options = {
  ...{ batchSize: 10, imageSize: 16, seed: 3, epoch: 0, order: 'shuffled', lastBatch: 'drop' },
  transform: { crop: { kind: 'pad', padding: 2 }, isFlipped: true },
};

/** Of each batch: its indices, and a hash of pixels and labels. */
async function batchesOf(dataset: ClassificationDataset, options: Options, workers = 0): Promise<string[]> {
  const pool = createWorkerPool({ workers });
  try {
    const result: string[] = [];
    for await (const { images, labels, indices } of classificationBatches(dataset, { ...options, pool })) {
      const hash = createHash('md5').update(images.data).update(Buffer.from(labels.data.buffer)).digest('hex');
      result.push(`${indices.join()} ${hash}`);
    }
    return result;
  } finally {
    await pool.close();
  }
}

function indicesOf(batches: readonly string[]): number[] {
  return batches.flatMap((batch) => batch.split(' ')[0].split(',').map(Number));
}

describe('packed records', () => {
  it('hold the images of a data set, in an order of their own, in shards of a limited size', async () => {
    await withScratchFolder(async (folder) => {
      const shards = await packShapes(folder);
      expect(shards.map(({ count }) => count)).toEqual([10, 10, 10, 10, 10, 5]);
      expect(readdirSync(folder).sort()).toEqual([...shards.map(({ file }) => file), 'train.json']);
      const dataset = openRecords({ folder, split: 'train', shuffleBuffer: 12 });
      expect([dataset.count, dataset.kind, dataset.classNames]).toEqual([55, 'shapes', shapes.classNames]);
      const found = new Map<string, number>();
      for (let i = 0; i < 55; i++) {
        const { image, label } = await dataset.read(i);
        expect(dataset.labelOf(i)).toBe(label);
        found.set(Buffer.from(image.data).toString('base64'), label);
      }
      for (let i = 0; i < 55; i++) {
        const { image, label } = await shapes.read(i);
        expect(found.get(Buffer.from(image.data).toString('base64'))).toBe(label);
      }
      expect(dataset.fileOf(13)).toBe(`${join(folder, 'train-00001.records')}, record 3`);
      expect(Array.from({ length: 8 }, (_, i) => dataset.labelOf(i))).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });
  });

  it('are streamed in the same order whatever the number of workers, every image once', async () => {
    await withScratchFolder(async (folder) => {
      await packShapes(folder);
      const dataset = openRecords({ folder, split: 'train', shuffleBuffer: 12 });
      const whole = await batchesOf(dataset, { ...training, lastBatch: 'short' });
      expect(indicesOf(whole).sort((a, b) => a - b)).toEqual(Array.from({ length: 55 }, (_, i) => i));
      for (const workers of [1, 2, 3]) {
        expect(await batchesOf(dataset, { ...training, lastBatch: 'short' }, workers)).toEqual(whole);
      }
      expect(await batchesOf(dataset, training)).toEqual(whole.slice(0, 5));
      expect(await batchesOf(dataset, { ...training, epoch: 1 })).not.toEqual(whole.slice(0, 5));
    });
  });

  it('go on in the middle of an epoch as if it had not stopped', async () => {
    await withScratchFolder(async (folder) => {
      await packShapes(folder);
      const dataset = openRecords({ folder, split: 'train', shuffleBuffer: 12 });
      const whole = await batchesOf(dataset, training);
      for (const startBatch of [1, 3, 5]) {
        expect(await batchesOf(dataset, { ...training, startBatch }, 2)).toEqual(whole.slice(startBatch));
      }
    });
  });

  it('are read in their order for evaluation, the last batch padded', async () => {
    await withScratchFolder(async (folder) => {
      await packShapes(folder);
      const dataset = openRecords({ folder, split: 'train', shuffleBuffer: 12 });
      const batches = await batchesOf(dataset, { ...training, order: 'sequential', lastBatch: 'pad' });
      expect(indicesOf(batches)).toEqual(Array.from({ length: 55 }, (_, i) => i));
    });
  });

  it('may be stopped early', async () => {
    await withScratchFolder(async (folder) => {
      await packShapes(folder);
      const pool = createWorkerPool({ workers: 2 });
      try {
        const dataset = openRecords({ folder, split: 'train', shuffleBuffer: 12 });
        for await (const batch of classificationBatches(dataset, { ...training, pool })) {
          expect(batch.files[0]).toMatch(/train-0000\d\.records, record \d+ \(shapes train \d+ \(seed 1\)\)$/);
          break;
        }
        expect(await batchesOf(dataset, training)).toHaveLength(5);
      } finally {
        await pool.close();
      }
    });
  });
});

describe('packed image files', () => {
  const jpeg = (side: number): Promise<Buffer> =>
    sharp({ create: { width: side, height: side, channels: 3, background: '#336699' } })
      .jpeg()
      .toBuffer();

  it('keep their bytes, unless they are to be shrunk', async () => {
    await withScratchFolder(async (root) => {
      const [large, tiny] = [await jpeg(64), await jpeg(16)];
      writeFiles(root, { 'photos/a/1.jpg': large, 'photos/b/2.jpg': tiny });
      const photos = openImageFolder({ folder: join(root, 'photos'), split: 'train' });
      const common = { split: 'train', kind: 'folder', content: 'encoded', shardBytes: 1e6 } as const;
      await packDataset(photos, { ...common, folder: join(root, 'same') });
      const shard = readFileSync(join(root, 'same', 'train-00000.records'));
      expect([shard.includes(large), shard.includes(tiny)]).toEqual([true, true]);

      const half = ({ width, height }: { width: number; height: number }) =>
        width > 32 ? { width: 32, height: (32 * height) / width } : undefined;
      await packDataset(photos, { ...common, folder: join(root, 'small'), sizeFor: half });
      const small = openRecords({ folder: join(root, 'small'), split: 'train' });
      const images = [await small.read(0), await small.read(1)].map(({ image }) => image);
      expect(images.map(({ width, height }) => [width, height])).toEqual([[32, 32], [16, 16]]); // prettier-ignore
      expect(Math.abs(images[0].data[0] - 0x33)).toBeLessThan(4);
      expect(readFileSync(join(root, 'small', 'train-00000.records')).includes(tiny)).toBe(true);
    });
  });

  it('stop at an image that cannot be read, or leave it out', async () => {
    await withScratchFolder(async (root) => {
      writeFiles(root, {
        'photos/a/1.jpg': await jpeg(8),
        'photos/a/2.jpg': 'no image',
        'photos/b/3.jpg': await jpeg(8),
      });
      const photos = openImageFolder({ folder: join(root, 'photos'), split: 'train' });
      const options = {
        folder: join(root, 'packed'),
        split: 'train',
        kind: 'folder',
        content: 'encoded',
        shardBytes: 1e6,
      } as const;
      await expect(packDataset(photos, options)).rejects.toThrow(/2\.jpg: the image cannot be decoded/);
      expect(readdirSync(options.folder)).toEqual([]);
      const faults: string[] = [];
      await packDataset(photos, { ...options, onBadImage: (error) => faults.push(error.message) });
      expect(faults).toHaveLength(1);
      expect(openRecords({ ...options }).count).toBe(2);
    });
  });
});

describe('damaged records', () => {
  async function damaged(damage: (folder: string) => void, message: RegExp): Promise<void> {
    await withScratchFolder(async (folder) => {
      await packShapes(folder);
      damage(folder);
      const read = async (): Promise<unknown> =>
        batchesOf(openRecords({ folder, split: 'train', shuffleBuffer: 12 }), training);
      await expect(read()).rejects.toThrow(message);
      await expect(read()).rejects.toBeInstanceOf(DatasetError);
    });
  }
  const shard = (folder: string): string => join(folder, 'train-00002.records');
  const changedAt = (folder: string, at: number): void => {
    const bytes = readFileSync(shard(folder));
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    writeFileSync(shard(folder), bytes);
  };

  it.each<[string, (folder: string) => void, RegExp]>([
    ['a missing index', (folder) => rmSync(join(folder, 'train.json')), /train\.json: there is no such file/],
    ['an index of something else', (folder) => writeFileSync(join(folder, 'train.json'), '{}'), /another kind of file/],
    ['a missing shard', (folder) => rmSync(shard(folder)), /train-00002\.records: there is no such file/],
    ['a shard that was cut', (folder) => truncateSync(shard(folder), 5000), /5000 bytes, expected \d+ bytes/],
    ['a changed pixel', (folder) => changedAt(folder, 2000), /train-00002\.records, record 2: the record is damaged/],
    ['a changed table', (folder) => changedAt(folder, -40), /train-00002\.records: another table/],
  ])('show as an error that names %s', (_what, damage, message) => damaged(damage, message));

  it('name a folder that went away while they are written', () =>
    withScratchFolder(async (folder) => {
      const path = join(folder, 'gone', 'train-00000.records');
      await expect(ShardWriter.create(path)).rejects.toThrow(
        `${path}: it cannot be written (there is no such file or folder). Free some space, or name another folder`,
      );
    }));

  const rounds = process.env['FEATUREMINE_LONG'] === '1' ? 20_000 : 200;
  it(
    `show as a DatasetError, or not at all, in ${rounds} rounds of random changes`,
    () =>
      withScratchFolder(async (folder) => {
        await packShapes(folder);
        const random = Random.of(54, 'records');
        const files = [join(folder, 'train.json'), shard(folder)];
        const sound = files.map((file) => readFileSync(file));
        const counts = { read: 0, refused: 0 };
        for (let round = 0; round < rounds; round++) {
          const chosen = round % 2;
          writeFileSync(files[chosen], changed(sound[chosen], random));
          try {
            await batchesOf(openRecords({ folder, split: 'train', shuffleBuffer: 12 }), training);
            counts.read++;
          } catch (error) {
            if (!(error instanceof DatasetError)) throw error;
            counts.refused++;
          }
          writeFileSync(files[chosen], sound[chosen]);
        }
        expect(counts.refused).toBeGreaterThan(rounds / 2);
        expect(counts.read).toBeGreaterThan(0); // what nobody reads may change: the name of a class
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    600_000,
  );

  function changed(bytes: Buffer, random: Random): Buffer {
    const at = random.integer(bytes.length);
    const end = Math.min(bytes.length, at + 1 + random.integer(8));
    const kind = random.integer(4);
    if (kind === 0) return bytes.subarray(0, at);
    if (kind === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    const result = Buffer.from(bytes);
    result[at] = kind === 2 ? 0x30 + random.integer(10) : random.integer(256);
    return result;
  }

  it('lead to no file outside of the folder', () =>
    damaged((folder) => {
      const path = join(folder, 'train.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace('train-00002.records', '../../secret'));
    }, /train\.json: missing or wrong entries/));
});
