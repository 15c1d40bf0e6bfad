import { Random } from '@featuremine/random';
import type { LastBatch } from './transform-options';

/** Options of `planEpoch`. */
export interface EpochPlanOptions {
  /** Number of images. */
  readonly count: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
  readonly order: 'shuffled' | 'sequential';
  readonly lastBatch: LastBatch;
  /** The images of the epoch, each as often as it is named; all, once, by default. */
  readonly subset?: ArrayLike<number>;
  /** Group of each image, [count]: batches hold one group as far as possible. */
  readonly groups?: ArrayLike<number>;
}

/** How many batches an epoch has. */
export function batchCount(options: {
  readonly count: number;
  readonly batchSize: number;
  readonly lastBatch: LastBatch;
}): number {
  const { count, batchSize, lastBatch } = options;
  return lastBatch === 'drop' ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
}

/**
 * The indices of the images of each batch of an epoch; a pure function of its options.
 *
 * With groups, images wait in their group's queue until it fills a batch; what is left at the end is put together,
 * group by group. Their order is drawn for each epoch, so that `drop` cuts off another group each time. The number of
 * batches is that of `batchCount` in any case.
 *
 * Source of the grouping: torchvision references/detection, GroupedBatchSampler.
 */
export function planEpoch(options: EpochPlanOptions): Int32Array[] {
  const { batchSize, seed, epoch, order, groups, subset } = options;
  const count = subset?.length ?? options.count;
  const places =
    order === 'shuffled'
      ? Random.of(seed, 'order', epoch).permutation(count)
      : Int32Array.from({ length: count }, (_, i) => i);
  const sequence = subset === undefined ? places : places.map((place) => subset[place]);
  const ordered = groups === undefined ? sequence : groupInBatches(sequence, groups, options);
  return Array.from({ length: batchCount({ ...options, count }) }, (_, batch) =>
    ordered.slice(batch * batchSize, Math.min(count, (batch + 1) * batchSize)),
  );
}

/** For each place of an epoch's batches, how often its image was in an earlier place. */
export function occurrencesOf(batches: readonly Int32Array[]): Int32Array[] {
  const counts = new Map<number, number>();
  return batches.map((batch) =>
    batch.map((index) => {
      const count = counts.get(index) ?? 0;
      counts.set(index, count + 1);
      return count;
    }),
  );
}

/** Three groups below and three above a square, on a logarithmic scale from 1:2 to 2:1, and one beyond each end. */
export function aspectGroup(width: number, height: number): number {
  const position = Math.log2(width / height);
  return Math.min(7, Math.max(0, Math.floor((position + 1) * 3) + 1));
}

function groupInBatches(
  sequence: Int32Array,
  groups: ArrayLike<number>,
  { batchSize, seed, epoch, order }: EpochPlanOptions,
): Int32Array {
  const queues = new Map<number, number[]>();
  const result: number[] = [];
  for (const index of sequence) {
    const group = groups[index];
    const queue = queues.get(group) ?? [];
    queue.push(index);
    if (queue.length === batchSize) {
      result.push(...queue);
      queue.length = 0;
    }
    queues.set(group, queue);
  }
  const names = [...queues.keys()].sort((a, b) => a - b);
  const drawn =
    order === 'shuffled'
      ? Array.from(Random.of(seed, 'rests', epoch).permutation(names.length), (place) => names[place])
      : names;
  return Int32Array.from([...result, ...drawn.flatMap((group) => queues.get(group)!)]);
}
