import { RecordFiles } from './record-files';
import type { RecordFolder } from './record-files';
import { StreamOrder } from './stream-order';

/** What a stream of an epoch delivers. */
export interface RecordStreamOptions {
  /** Places of the shuffle buffer. */
  readonly bufferSize: number;
  readonly seed: number;
  readonly epoch: number;
  readonly order: 'shuffled' | 'sequential';
  /** Records that are left out at the start: where a resumed epoch goes on. */
  readonly skipped: number;
}

/** A record that a stream delivers: its number through all shards, and its bytes in memory of their own. */
export interface StreamedRecord {
  readonly record: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The records of an epoch in their order (see `StreamOrder`), read shard by shard in sequence. Memory is that of the
 * buffer and of two readings.
 *
 * @throws DatasetError for missing and damaged shards
 */
export async function* recordStream(
  source: RecordFolder,
  options: RecordStreamOptions,
): AsyncGenerator<StreamedRecord, void, undefined> {
  const order = new StreamOrder({ ...options, counts: source.shards.map(({ count }) => count) });
  order.skip(options.skipped);
  const files = new RecordFiles(source);
  try {
    const buffer = await filledBuffer(order, files);
    const incoming = files.readSequence(order.upcoming());
    for (let step = order.next(); step !== undefined; step = order.next()) {
      const bytes = buffer[step.place]!;
      if (step.refill !== undefined) buffer[step.place] = (await incoming.next()).value as Uint8Array<ArrayBuffer>;
      else {
        buffer[step.place] = buffer[step.moved!];
        buffer[step.moved!] = undefined;
      }
      yield { record: step.record, bytes };
    }
  } finally {
    files.close();
  }
}

// What stands in the buffer at the start, read in the order of the files.
async function filledBuffer(order: StreamOrder, files: RecordFiles): Promise<(Uint8Array<ArrayBuffer> | undefined)[]> {
  const places = Array.from({ length: order.filled }, (_, place) => place);
  places.sort((a, b) => order.places[a] - order.places[b]);
  const buffer = new Array<Uint8Array<ArrayBuffer> | undefined>(order.filled);
  let next = 0;
  for await (const bytes of files.readSequence(places.map((place) => order.places[place])))
    buffer[places[next++]] = bytes;
  return buffer;
}
