import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  classificationBatches,
  createWorkerPool,
  describeClassificationData,
  openCached,
  openCub,
  openImageFolder,
  openShapesClassification,
} from '../src';
import type { ClassificationDataset, ClassificationTransform } from '../src';
import { withScratchFolder } from './scratch';
import { writeFiles } from './write-files';

const shapes = openShapesClassification({ seed: 2, count: 12, imageSize: 80 });

/** Class folders with drawn shapes as JPEG files. */
async function writePhotos(folder: string): Promise<void> {
  for (let i = 0; i < shapes.count; i++) {
    const { width, height, data } = (await shapes.read(i)).image;
    const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer();
    writeFiles(folder, { [`${'ab'[i % 2]}/${i}.jpg`]: jpeg });
  }
}

async function hashOf(dataset: ClassificationDataset, transform: ClassificationTransform): Promise<string> {
  const pool = createWorkerPool({ workers: 0 });
  const hash = createHash('md5');
  const options = { pool, batchSize: 5, seed: 1, epoch: 0, order: 'shuffled', lastBatch: 'short' } as const;
  for await (const { images, labels, files } of classificationBatches(dataset, {
    ...options,
    imageSize: 24,
    transform,
  })) {
    hash.update(images.data).update(Buffer.from(labels.data.buffer)).update(files.length.toString());
  }
  await pool.close();
  return hash.digest('hex');
}

describe('openCached', () => {
  it.each<[string, ClassificationTransform]>([
    ['random crops', { crop: { kind: 'random-resized' }, isFlipped: true }],
    ['the centre', { crop: { kind: 'centre' } }],
  ])('gives the same batches to the bit, with %s', async (_what, transform) => {
    await withScratchFolder(async (root) => {
      await writePhotos(join(root, 'photos'));
      const photos = openImageFolder({ folder: join(root, 'photos'), split: 'train' });
      const options = { folder: join(root, 'cache'), crop: transform.crop, imageSize: 24 };
      const cached = await openCached(photos, options);
      expect(cached.source.kind).toBe('packed');
      expect(await hashOf(cached, transform)).toBe(await hashOf(photos, transform));
      expect([cached.fileOf(3), cached.labelOf(3)]).toEqual([photos.fileOf(3), photos.labelOf(3)]);
      expect(describeClassificationData(cached)).toBe(describeClassificationData(photos));
    });
  });

  it('is made once, and anew when a file or the shrinking changes', async () => {
    await withScratchFolder(async (root) => {
      const [folder, cache] = [join(root, 'photos'), join(root, 'cache')];
      await writePhotos(folder);
      const make = (imageSize: number): Promise<ClassificationDataset> =>
        openCached(openImageFolder({ folder, split: 'train' }), {
          ...{ folder: cache, crop: { kind: 'random-resized' }, imageSize },
        });
      await make(24);
      const [first] = readdirSync(cache);
      const before = statSync(join(cache, first, 'all-00000.records')).mtimeMs;
      await make(24);
      expect(statSync(join(cache, first, 'all-00000.records')).mtimeMs).toBe(before);
      await make(16);
      expect(readdirSync(cache)).toHaveLength(2);
      utimesSync(join(folder, 'a', '0.jpg'), 1, 1);
      await make(24);
      expect(readdirSync(cache)).toHaveLength(3);
    });
  });

  it('holds the boxes of cub only', async () => {
    await withScratchFolder(async (root) => {
      const image = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      writeFiles(root, {
        ...{ 'classes.txt': '1 A\n', 'images.txt': '1 a.png\n', 'image_class_labels.txt': '1 1\n' },
        ...{ 'train_test_split.txt': '1 1\n', 'bounding_boxes.txt': '1 5 6 7 8\n', 'images/a.png': image },
      });
      const birds = openCub({ folder: root, split: 'train', isCropped: true });
      const cached = await openCached(birds, { folder: join(root, 'c'), crop: { kind: 'centre' }, imageSize: 24 });
      const { width, height } = (await cached.read(0)).image;
      expect([width, height]).toEqual([7, 8]);
    });
  });

  it('leaves no part of a cache behind when an image cannot be read', async () => {
    await withScratchFolder(async (root) => {
      const [folder, cache] = [join(root, 'photos'), join(root, 'cache')];
      await writePhotos(folder);
      const photos = openImageFolder({ folder, split: 'train' });
      const whole = readFileSync(join(folder, 'b', '11.jpg'));
      writeFileSync(join(folder, 'b', '11.jpg'), whole.subarray(0, Math.floor(0.7 * whole.length)));
      const options = { folder: cache, crop: { kind: 'centre' }, imageSize: 24 } as const;
      await expect(openCached(photos, options)).rejects.toThrow(/11\.jpg: the image cannot be decoded/);
      expect(readdirSync(cache)).toEqual([]);
    });
  });

  it('removes at its start what dead processes of this machine left unfinished', async () => {
    await withScratchFolder(async (root) => {
      const [folder, cache] = [join(root, 'photos'), join(root, 'cache')];
      await writePhotos(folder);
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      const [dead, living, elsewhere] = [
        `train-0.${hostname()}.${pid}.partial`,
        `train-0.${hostname()}.${process.ppid}.partial`,
        `train-0.elsewhere.${pid}.partial`,
      ];
      for (const name of [dead, living, elsewhere]) writeFiles(cache, { [`${name}/train-00000.records`]: 'x' });
      const options = { folder: cache, crop: { kind: 'centre' }, imageSize: 24 } as const;
      await openCached(openImageFolder({ folder, split: 'train' }), options);
      const left = readdirSync(cache).filter((name) => name.endsWith('.partial'));
      expect(left.sort()).toEqual([living, elsewhere].sort());
    });
  });

  it('returns what is no image file as it is', async () => {
    const options = { folder: '/no/such/folder', crop: { kind: 'centre' }, imageSize: 24 } as const;
    expect(await openCached(shapes, options)).toBe(shapes);
  });
});
