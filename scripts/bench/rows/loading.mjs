// Batches from JPEG files as trainings here make them: worker threads decode, augment and stack; 8-bit pixels, which the
// graph normalises. A step is one epoch over the bench's photographs. Nothing is kept from epoch to epoch.
import { classificationBatches, createWorkerPool, detectionBatches, openImageFolder } from '@featuremine/vision-data';
import { contenderOptions, measureSteps } from '../measure.mjs';
import { benchPhotos, photoFiles } from './bench-photos.mjs';

const options = contenderOptions();
const folder = await benchPhotos();
const pool = createWorkerPool({ workers: options.workers });
const common = { pool, seed: 0, order: 'shuffled', lastBatch: 'drop', cacheBytes: 0, batchSize: options.perBatch };

function cropBatches(epoch) {
  const transform = { crop: { kind: 'random-resized' }, isFlipped: true };
  return classificationBatches(dataset, { ...common, epoch, imageSize: 224, transform });
}

function detectorBatches(epoch) {
  const resize = { kind: 'min-max', minSize: 600, maxSize: 1000 };
  return detectionBatches(samples, {
    ...{ ...common, epoch, resize, pixels: options.pixels },
    augmentation: { flipProbability: 0.5 },
  });
}

const dataset = openImageFolder({ folder, split: 'all' });
const samples = photoFiles(folder).map((imagePath, index) => ({
  ...{ id: String(index), imagePath, width: 500, height: 375 },
  ...{ boxes: Float32Array.of(20, 20, 200, 200), labels: Int32Array.of(0), isDifficult: Uint8Array.of(0) },
}));
const batches = options.mode === 'crops' ? cropBatches : detectorBatches;

let sum = 0;
let shape = [];
await measureSteps({
  options,
  step: async (index) => {
    for await (const { images } of batches(index)) {
      sum += images.data[images.data.length >> 1];
      shape = images.shape;
    }
  },
  note: () => ({ loss: sum, shape }),
});
await pool.close();
