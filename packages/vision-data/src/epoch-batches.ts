import { placesOf } from './batch-part';
import type { WholeBatch } from './batch-part';
import { occurrencesOf, planEpoch } from './epoch-plan';
import type { EpochOptions } from './batch-options';
import { createImageCache } from './image-cache';
import { prefetchInOrder } from './prefetch';
import type { WorkerPool } from './worker-pool';
import type { Task } from './worker-protocol';

/** Memory for decoded images, where the same images come again in each epoch. */
export const EPOCHS_CACHE_BYTES = 256 * 1024 * 1024;

/** One batch to be made: which images, and how many places. */
export interface PlannedBatch {
  readonly indices: Int32Array;
  readonly occurrences?: Int32Array;
  readonly batchIndex: number;
  readonly batchSize: number;
  /** Of a part: the whole batch. */
  readonly whole?: WholeBatch;
}

/**
 * The batches of an epoch, in order, made ahead by the pool: at most two per thread (two without threads) are in work
 * or waiting.
 */
export function epochBatches<T>(
  options: EpochOptions,
  plan: {
    readonly count: number;
    readonly groups?: ArrayLike<number>;
    readonly taskFor: (batch: PlannedBatch) => Task;
  },
): AsyncGenerator<T, void, undefined> {
  const { pool, batchSize, lastBatch, part, startBatch = 0 } = options;
  const { count, groups, taskFor } = plan;
  const batches = planEpoch({ ...options, count, ...(groups === undefined ? {} : { groups }) });
  const occurrences = options.subset === undefined ? undefined : occurrencesOf(batches);
  const { first, end } = placesOf(part, batchSize);
  while (part !== undefined && batches.length > 0 && batches[batches.length - 1].length <= first) batches.pop();
  return prefetchInOrder({
    count: Math.max(0, batches.length - startBatch),
    ahead: 2 * Math.max(1, pool.workers),
    make: async (position) => {
      const batchIndex = startBatch + position;
      const whole = { indices: batches[batchIndex], occurrences: occurrences?.[batchIndex] };
      const indices = whole.indices.subarray(first, end);
      const places = lastBatch === 'pad' ? end - first : indices.length;
      return (await pool.run(
        taskFor({
          indices,
          batchIndex,
          batchSize: places,
          ...(whole.occurrences === undefined ? {} : { occurrences: whole.occurrences.subarray(first, end) }),
          ...(part === undefined ? {} : { whole }),
        }),
      )) as T;
    },
  });
}

/** Ids of what a pool's threads know about a data set. */
export interface SharedIds {
  readonly data: number;
  readonly cache: number;
}

interface SharedData {
  readonly data: number;
  readonly caches: Map<string, number>;
}

const sharedByPool = new WeakMap<WorkerPool, WeakMap<object, SharedData>>();

/**
 * Shares a data set, and a cache for its images as `decoding` (a name for how they are decoded) makes them, with a
 * pool's threads: once, however many epochs follow. Without a name for the decoding there is no cache.
 */
export function shareWithPool(
  pool: WorkerPool,
  data: object,
  cache: { readonly count: number; readonly sizeBytes: number; readonly decoding: string | undefined },
): SharedIds {
  const known = sharedByPool.get(pool) ?? new WeakMap<object, SharedData>();
  sharedByPool.set(pool, known);
  const shared = known.get(data) ?? { data: pool.share(data), caches: new Map<string, number>() };
  known.set(data, shared);
  const { count, sizeBytes, decoding } = cache;
  if (decoding === undefined || sizeBytes === 0) return { data: shared.data, cache: 0 };
  let id = shared.caches.get(decoding);
  if (id === undefined) {
    id = pool.share(createImageCache(count, sizeBytes));
    shared.caches.set(decoding, id);
  }
  return { data: shared.data, cache: id };
}
