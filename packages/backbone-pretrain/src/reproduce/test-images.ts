import { classificationBatches, createWorkerPool, type ClassificationBatch } from '@featuremine/vision-data';
import { ConfigError } from '@featuremine/errors';
import type { ClassificationData } from '../classification-data';

/** Some held-out images in the order of a seed, as the network takes them. @throws ConfigError when there are fewer */
export async function someTestImages(
  { dataset, imageSize, transform }: ClassificationData,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<ClassificationBatch> {
  const pool = createWorkerPool({ workers: 0 });
  try {
    const options = { pool, batchSize: count, imageSize, transform, seed, epoch: 0 } as const;
    for await (const batch of classificationBatches(dataset, { ...options, order: 'shuffled', lastBatch: 'drop' })) {
      return batch;
    }
  } finally {
    await pool.close();
  }
  const found = `${dataset.count} held-out images`;
  throw new ConfigError({ where: 'figure', found, expected: `at least ${count}`, fix: 'Take a larger data set' });
}
