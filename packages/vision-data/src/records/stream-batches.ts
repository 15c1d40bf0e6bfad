import { DatasetError } from '@featuremine/errors';
import type { AssembleClassification } from '../assemble-classification';
import type { EpochOptions } from '../batch-options';
import { placesOf } from '../batch-part';
import type { PlannedBatch } from '../epoch-batches';
import { batchCount } from '../epoch-plan';
import { prefetchInOrder } from '../prefetch';
import type { PackedSource } from './packed-source';
import { recordStream } from './record-stream';
import type { StreamedRecord } from './record-stream';

/**
 * The batches of one epoch of a stream of records. Bytes are read here, in the order of the stream, and move to the
 * thread that makes the batch; which thread that is changes nothing.
 */
export async function* streamBatches<T>(
  options: EpochOptions,
  plan: {
    readonly source: PackedSource;
    readonly count: number;
    readonly taskFor: (batch: PlannedBatch & Pick<AssembleClassification, 'records'>) => AssembleClassification;
  },
): AsyncGenerator<T, void, undefined> {
  const { pool, batchSize, lastBatch, part, startBatch = 0 } = options;
  const { source, count, taskFor } = plan;
  const { first, end } = placesOf(part, batchSize);
  const ofBatch = (batch: number): number => Math.max(0, Math.min(end, count - batch * batchSize) - first);
  const batches = batchCount({ count, batchSize, lastBatch });
  const stream = recordStream(source, {
    ...options,
    bufferSize: source.shuffleBuffer,
    skipped: startBatch * batchSize,
    places: part && { first, end, batchSize },
  });
  // Batches take their records one batch after the other, in the order in which they are begun.
  let turn: Promise<unknown> = Promise.resolve();
  const takeNext = (wanted: number): Promise<StreamedRecord[]> => {
    const taken = turn.then(() => take(stream, wanted));
    turn = taken.catch(() => undefined);
    return taken;
  };
  try {
    yield* prefetchInOrder({
      count: Math.max(0, batches - startBatch - (ofBatch(batches - 1) === 0 ? 1 : 0)),
      ahead: 2 * Math.max(1, pool.workers),
      make: async (position) => {
        const batchIndex = startBatch + position;
        const taken = await takeNext(ofBatch(batchIndex));
        const records = taken.map(({ bytes }) => bytes);
        const indices = Int32Array.from(taken, ({ record }) => record);
        const task = taskFor({
          indices,
          records,
          batchIndex,
          batchSize: lastBatch === 'pad' ? end - first : indices.length,
        });
        return (await pool.run(
          task,
          records.map(({ buffer }) => buffer),
        )) as T;
      },
    });
  } finally {
    await turn;
    await stream.return();
  }
}

async function take(
  stream: AsyncGenerator<StreamedRecord, void, undefined>,
  wanted: number,
): Promise<StreamedRecord[]> {
  const taken: StreamedRecord[] = [];
  while (taken.length < wanted) {
    const next = await stream.next();
    if (next.done === true) {
      const found = `the stream ended ${wanted - taken.length} records early`;
      throw new DatasetError({ where: 'packed records', found, fix: 'Pack the data set again' });
    }
    taken.push(next.value);
  }
  return taken;
}
