import type { Worker } from 'node:worker_threads';
import { RuntimeError } from '@featuremine/errors';
import { classificationBatches, createWorkerPool, openShapesClassification } from '../src';

jest.setTimeout(60_000);

const shapes = openShapesClassification({ seed: 1, count: 40, imageSize: 32 });
const options = {
  batchSize: 4,
  imageSize: 32,
  seed: 1,
  epoch: 0,
  order: 'sequential',
  lastBatch: 'drop',
  transform: { crop: { kind: 'stretch' } },
} as const;

describe('createWorkerPool', () => {
  it('serves another data set after the first, and a reader that stops early', async () => {
    const pool = createWorkerPool({ workers: 1 });
    for (const seed of [1, 2]) {
      const other = openShapesClassification({ seed, count: 40, imageSize: 32 });
      for await (const batch of classificationBatches(other, { ...options, pool })) {
        expect(batch.batchIndex).toBe(0);
        break;
      }
    }
    await pool.close();
  });

  it('refuses work after close()', async () => {
    for (const workers of [0, 1]) {
      const pool = createWorkerPool({ workers });
      await pool.close();
      const batches = classificationBatches(shapes, { ...options, pool });
      await expect(batches.next()).rejects.toThrow(/worker pool: it is closed/);
    }
  });

  it('reports a thread that crashed, with what it said', async () => {
    const pool = createWorkerPool({ workers: 1 });
    const batches = classificationBatches(shapes, { ...options, pool });
    await batches.next();
    const [thread] = (pool as unknown as { threads: readonly { worker: Worker }[] }).threads;
    const ended = new Promise((resolve) => thread.worker.once('exit', resolve));
    thread.worker.postMessage({ kind: 'share' }); // nothing that it could keep: it fails outside of any task
    await ended;
    const rest = (async () => {
      for await (const batch of batches) expect(batch.imageCount).toBe(4);
    })();
    await expect(rest).rejects.toThrow(/data worker 0.*the thread was lost \(TypeError: /);
    await pool.close();
  });

  it('reports a lost thread by number and batch instead of waiting for ever', async () => {
    const pool = createWorkerPool({ workers: 1 });
    const batches = classificationBatches(shapes, { ...options, pool });
    await batches.next();
    const [thread] = (pool as unknown as { threads: readonly { worker: Worker }[] }).threads;
    const rest = (async () => {
      for await (const batch of batches) {
        expect(batch.imageCount).toBe(4);
        await thread.worker.terminate();
      }
    })();
    await expect(rest).rejects.toThrow(/data worker 0.*the thread was lost/);
    await expect(rest).rejects.toBeInstanceOf(RuntimeError);
    await expect(classificationBatches(shapes, { ...options, pool }).next()).rejects.toThrow(/the thread was lost/);
    await pool.close();
  });
});
