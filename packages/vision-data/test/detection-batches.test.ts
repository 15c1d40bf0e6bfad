import { createHash } from 'node:crypto';
import { decodeBoxes, retinanetAnchors } from '@featuremine/boxes';
import { DatasetError } from '@featuremine/errors';
import { readImageSet } from '@featuremine/voc';
import { createWorkerPool, detectionBatches, detectionSamplesOf, loadDetectionBatch, makeShapesDevkit } from '../src';
import type { DetectionBatch, DetectionBatchOptions, DetectionSample } from '../src';
import { withScratchFolder } from './scratch';

// Starting threads takes a while on a busy machine.
jest.setTimeout(60_000);

const evaluation = {
  batchSize: 3,
  seed: 7,
  epoch: 0,
  order: 'shuffled',
  lastBatch: 'drop',
  resize: { kind: 'longest-side', size: 96 },
  pixels: 'uint8',
} as const;

const training = {
  ...evaluation,
  augmentation: { flipProbability: 0.5, colourJitter: { brightness: 0.3 } },
  matching: {},
} as const;

type Options = Omit<DetectionBatchOptions, 'pool'>;

async function withSamples<T>(use: (samples: DetectionSample[]) => Promise<T>): Promise<T> {
  return withScratchFolder(async (folder) => {
    await makeShapesDevkit({ folder, seed: 2, counts: { train: 11 }, imageSides: [60, 140] });
    return use(detectionSamplesOf(readImageSet(folder, '2007/train').images));
  });
}

async function allBatches(samples: DetectionSample[], options: Options, workers = 0): Promise<DetectionBatch[]> {
  const pool = createWorkerPool({ workers });
  try {
    const batches: DetectionBatch[] = [];
    for await (const batch of detectionBatches(samples, { ...options, pool })) batches.push(batch);
    return batches;
  } finally {
    await pool.close();
  }
}

function hashOf(batches: readonly DetectionBatch[]): string {
  const hash = createHash('md5');
  for (const { images, imageSizes, labels, deltas } of batches) {
    for (const tensor of [images, imageSizes, labels!, deltas!]) {
      hash.update(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
    }
  }
  return hash.digest('hex');
}

describe('detectionBatches', () => {
  it('augments an image anew each time that it is in an epoch', async () => {
    await withSamples(async (samples) => {
      const options = { ...training, batchSize: 12, subset: new Int32Array(12).fill(4) };
      const [{ images, files }] = await allBatches(samples, options);
      expect(new Set(files).size).toBe(1);
      const length = images.data.length / 12;
      const pixels = Array.from({ length: 12 }, (_, i) => images.data.slice(i * length, (i + 1) * length).join());
      expect(new Set(pixels).size).toBe(12);
    });
  });

  it('makes the same batches with 0 to 3 workers, with a cache or without, for bytes and for floats', async () => {
    await withSamples(async (samples) => {
      for (const pixels of ['uint8', 'float32'] as const) {
        const hashes = new Set<string>();
        for (const workers of [0, 1, 2, 3]) {
          const cacheBytes = workers === 2 ? 0 : 400_000;
          const pool = createWorkerPool({ workers });
          const batches: DetectionBatch[] = [];
          for (const epoch of [0, 1]) {
            const options = { ...training, pixels, epoch, pool, cacheBytes };
            for await (const batch of detectionBatches(samples, options)) batches.push(batch);
          }
          await pool.close();
          expect(batches.length).toBe(6);
          hashes.add(hashOf(batches));
        }
        expect([pixels, hashes.size]).toEqual([pixels, 1]);
      }
    });
  });

  it('pads on the right and below, and says how large each image is', async () => {
    await withSamples(async (samples) => {
      const [batch] = await allBatches(samples, { ...training, order: 'sequential' });
      expect(batch.images.shape).toEqual([3, 96, 96, 3]);
      expect(batch.ids).toEqual(['000001', '000002', '000003']);
      samples.slice(0, 3).forEach(({ width, height }, n) => {
        const [resizedHeight, resizedWidth] = batch.imageSizes.data.subarray(2 * n);
        expect([...batch.originalSizes.data.subarray(2 * n, 2 * n + 2)]).toEqual([height, width]);
        expect(Math.max(resizedHeight, resizedWidth)).toBe(96);
        const image = batch.images.data.subarray(n * 96 * 96 * 3, (n + 1) * 96 * 96 * 3);
        for (let i = 0; i < image.length; i += 3) {
          const [y, x] = [Math.floor(i / 288), (i % 288) / 3];
          if (y >= resizedHeight || x >= resizedWidth) expect(image[i] + image[i + 1] + image[i + 2]).toBe(0);
        }
      });
    });
  });

  it('matches anchors in the resized image: its deltas decode to the resized, flipped boxes', async () => {
    await withSamples(async (samples) => {
      for (const flipProbability of [0, 1]) {
        const options: Options = { ...training, augmentation: { flipProbability }, order: 'sequential' };
        const [{ imageSizes, labels, deltas }] = await allBatches(samples, options);
        const anchors = retinanetAnchors(96, 96);
        const count = anchors.length / 4;
        expect(labels!.shape).toEqual([3, count]);
        for (let n = 0; n < 3; n++) {
          const { boxes, width } = samples[n];
          const ratio = imageSizes.data[2 * n + 1] / width;
          const decoded = decodeBoxes(deltas!.data.subarray(4 * n * count, 4 * (n + 1) * count), anchors);
          const found = new Set<number>();
          for (let i = 0; i < count; i++) {
            if (labels!.data[n * count + i] < 0) continue;
            const left = flipProbability === 0 ? decoded[4 * i] : imageSizes.data[2 * n + 1] - decoded[4 * i + 2];
            const g = samples[n].labels.findIndex((_, k) => Math.abs(boxes[4 * k] * ratio - left) < 0.01);
            expect(labels!.data[n * count + i]).toBe(samples[n].labels[g]);
            found.add(g);
          }
          expect(found.size).toBe(samples[n].labels.length);
        }
      }
    });
  });

  it('turns images and boxes upside down with a vertical flip', async () => {
    await withSamples(async (samples) => {
      const usual: Options = { ...training, order: 'sequential' };
      const [plain] = await allBatches(samples, { ...usual, augmentation: {} });
      const [turned] = await allBatches(samples, { ...usual, augmentation: { verticalFlipProbability: 1 } });
      const anchors = retinanetAnchors(96, 96);
      const boxesOf = (batch: typeof plain, n: number): Set<string> => {
        const rows = anchors.length / 4;
        const decoded = decodeBoxes(batch.deltas!.data.subarray(4 * n * rows, 4 * (n + 1) * rows), anchors);
        const height = batch.imageSizes.data[2 * n];
        const boxes = Array.from({ length: rows }, (_, i) => [...decoded.subarray(4 * i, 4 * i + 4)]);
        return new Set(
          boxes
            .filter((_, i) => batch.labels!.data[n * rows + i] >= 0)
            .map(([x1, y1, x2, y2]) => (batch === turned ? [x1, height - y2, x2, height - y1] : [x1, y1, x2, y2]))
            .map((box) => box.map((value) => Math.round(value)).join(' ')),
        );
      };
      for (let n = 0; n < 3; n++) {
        expect(boxesOf(turned, n)).toEqual(boxesOf(plain, n));
        const [height, width] = plain.imageSizes.data.subarray(2 * n, 2 * n + 2);
        const row = (batch: typeof plain, y: number): number[] => {
          const start = 3 * 96 * (96 * n + y);
          return [...batch.images.data.subarray(start, start + 3 * width)];
        };
        expect(row(turned, 0)).toEqual(row(plain, height - 1));
        expect(row(turned, 0)).not.toEqual(row(plain, 0));
      }
    });
  });

  it('pads min-max batches to a common multiple of 32, grouped by aspect if asked', async () => {
    await withSamples(async (samples) => {
      const resize = { kind: 'min-max', minSize: 64, maxSize: 100 } as const;
      const options = { ...training, resize, pixels: 'float32', isGroupedByAspect: true, lastBatch: 'short' } as const;
      const batches = await allBatches(samples, options);
      expect(batches.flatMap(({ ids }) => ids).sort()).toEqual(samples.map(({ id }) => id));
      for (const { images, imageSizes, labels } of batches) {
        const [, height, width] = images.shape;
        const heights = [...imageSizes.data].filter((_, i) => i % 2 === 0);
        expect([height % 32, width % 32, height - Math.max(...heights) < 32]).toEqual([0, 0, true]);
        expect(labels!.shape[1]).toBe(retinanetAnchors(width, height).length / 4);
      }
    });
  });

  it('pads the last batch with images of no size, all of whose anchors are ignored', async () => {
    await withSamples(async (samples) => {
      const batches = await allBatches(samples, { ...training, lastBatch: 'pad', order: 'sequential' });
      const { imageCount, images, imageSizes, labels, ids } = batches[3];
      expect([imageCount, ids, images.shape[0]]).toEqual([2, ['000010', '000011'], 3]);
      expect([...imageSizes.data.subarray(4)]).toEqual([0, 0]);
      expect(new Set(labels!.data.subarray(labels!.data.length / 1.5))).toEqual(new Set([-2]));
    });
  });

  it('names an image whose size is not its annotation’s, and an object without area', async () => {
    await withSamples(async (samples) => {
      const wrong = [{ ...samples[0], width: samples[0].width + 1 }];
      const made = allBatches(wrong, { ...training, lastBatch: 'short' }, 1);
      await expect(made).rejects.toThrow(/000001\.jpg: the image has \d+x\d+ pixels, expected/);
      await expect(made).rejects.toBeInstanceOf(DatasetError);
      const flat = [{ ...samples[0], boxes: Float32Array.of(3, 3, 3, 9), labels: Int32Array.of(0) }];
      await expect(allBatches(flat, training)).rejects.toThrow(
        /object 1 has the box \[3, 3, 3, 9\], which has no area/,
      );
    });
  });

  it('takes objects without area where nothing is matched to them', async () => {
    await withSamples(async (samples) => {
      const flat = [{ ...samples[0], boxes: Float32Array.of(3, 3, 3, 9, 9, 9, 4, 4), labels: Int32Array.of(0, 0) }];
      const [{ ids }] = await allBatches(flat, { ...evaluation, lastBatch: 'short' });
      expect(ids).toEqual([samples[0].id]);
    });
  });
});

describe('loadDetectionBatch', () => {
  it('gives the images of an evaluation batch', async () => {
    await withSamples(async (samples) => {
      for (const pixels of ['uint8', 'float32'] as const) {
        const [batch] = await allBatches(samples, { ...evaluation, pixels, order: 'sequential' });
        const loaded = await loadDetectionBatch(batch.files, { resize: training.resize, pixels });
        expect(loaded.images).toEqual(batch.images);
        expect([loaded.imageSizes, loaded.originalSizes]).toEqual([batch.imageSizes, batch.originalSizes]);
        expect(batch.labels).toBeUndefined();
      }
    });
  });
});
