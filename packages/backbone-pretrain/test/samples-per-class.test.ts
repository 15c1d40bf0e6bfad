import {
  createWorkerPool,
  classificationBatches,
  openCifar10,
  openShapesClassification,
} from '@featuremine/vision-data';
import { samplesPerClass } from '../src/methods/samples-per-class';
import { writeStripes } from './stripes';

describe('samplesPerClass', () => {
  const dataset = openCifar10({ folder: writeStripes({ train: 100, test: 10 }), split: 'train' });
  const options = { count: 3, seed: 1 };

  it('has that many images of each class', () => {
    const few = samplesPerClass(dataset, options);
    expect(few.count).toBe(30);
    const labels = Array.from({ length: 30 }, (_, index) => few.labelOf(index));
    for (let k = 0; k < 10; k++) expect(labels.filter((label) => label === k)).toHaveLength(3);
  });

  it('gives workers the images and labels that it names', async () => {
    const few = samplesPerClass(dataset, options);
    const pool = createWorkerPool({ workers: 0 });
    const batches = classificationBatches(few, {
      ...{ pool, batchSize: 30, imageSize: 32, transform: { crop: { kind: 'stretch' } }, seed: 0, epoch: 0 },
      ...{ order: 'sequential', lastBatch: 'drop' },
    });
    for await (const { images, labels } of batches) {
      for (const index of [0, 7, 29]) {
        const { image, label } = await few.read(index);
        expect(labels.data[index]).toBe(label);
        expect(images.data.subarray(index * 3072, (index + 1) * 3072)).toEqual(image.data);
      }
    }
    await pool.close();
  });

  it('chooses the same for the same seed, and others for another', () => {
    const files = (seed: number): string => {
      const few = samplesPerClass(dataset, { count: 3, seed });
      return Array.from({ length: 30 }, (_, index) => few.fileOf(index)).join();
    };
    expect(files(1)).toBe(files(1));
    expect(files(1)).not.toBe(files(2));
  });

  it('has all images of a class with fewer', () => {
    expect(samplesPerClass(dataset, { count: 500, seed: 1 }).count).toBe(100);
  });

  it('refuses drawn shapes', () => {
    expect(() => samplesPerClass(openShapesClassification({ seed: 1, count: 10 }), options)).toThrow(/shapes\.train/);
  });
});
