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
  /** The places of each batch that are delivered, if not all are; the other records are not read. */
  readonly places?: { readonly first: number; readonly end: number; readonly batchSize: number } | undefined;
}

/** A record that a stream delivers: its number through all shards, and its bytes in memory of their own. */
export interface StreamedRecord {
  readonly record: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The records of an epoch in their order (see `StreamOrder`), read shard by shard in sequence. Memory is that of the
 * buffer and of two readings; where only a part is delivered, also a bit for each record.
 *
 * @throws DatasetError for missing and damaged shards
 */
export async function* recordStream(
  source: RecordFolder,
  options: RecordStreamOptions,
): AsyncGenerator<StreamedRecord, void, undefined> {
  const counts = source.shards.map(({ count }) => count);
  const order = new StreamOrder({ ...options, counts });
  const isDelivered = deliveredRecords(new StreamOrder({ ...options, counts }), options);
  order.skip(options.skipped);
  const files = new RecordFiles(source);
  try {
    const buffer = await filledBuffer(order, files, isDelivered);
    const incoming = files.readSequence(only(order.upcoming(), isDelivered));
    for (let step = order.next(); step !== undefined; step = order.next()) {
      const bytes = buffer[step.place];
      if (step.refill !== undefined) {
        const isRead = isDelivered(step.refill);
        buffer[step.place] = isRead ? ((await incoming.next()).value as Uint8Array<ArrayBuffer>) : undefined;
      } else {
        buffer[step.place] = buffer[step.moved!];
        buffer[step.moved!] = undefined;
      }
      if (bytes !== undefined) yield { record: step.record, bytes };
    }
  } finally {
    files.close();
  }
}

// What stands in the buffer at the start, read in the order of the files.
async function filledBuffer(
  order: StreamOrder,
  files: RecordFiles,
  isDelivered: (record: number) => boolean,
): Promise<(Uint8Array<ArrayBuffer> | undefined)[]> {
  const all = Array.from({ length: order.filled }, (_, place) => place);
  const places = all.filter((place) => isDelivered(order.places[place]));
  places.sort((a, b) => order.places[a] - order.places[b]);
  const buffer = new Array<Uint8Array<ArrayBuffer> | undefined>(order.filled);
  let next = 0;
  for await (const bytes of files.readSequence(places.map((place) => order.places[place])))
    buffer[places[next++]] = bytes;
  return buffer;
}

// Which records leave the stream in the places that are wanted: known when the whole order has been gone through once.
function deliveredRecords(
  order: StreamOrder,
  { skipped, places }: Pick<RecordStreamOptions, 'skipped' | 'places'>,
): (record: number) => boolean {
  if (places === undefined) return () => true;
  const { first, end, batchSize } = places;
  const bits = new Uint8Array(Math.ceil(order.total / 8));
  order.skip(skipped);
  for (let position = 0, step = order.next(); step !== undefined; position++, step = order.next()) {
    const place = position % batchSize;
    if (place >= first && place < end) bits[step.record >> 3] |= 1 << (step.record & 7);
  }
  return (record) => (bits[record >> 3] & (1 << (record & 7))) !== 0;
}

function* only(records: Iterable<number>, isWanted: (record: number) => boolean): Generator<number> {
  for (const record of records) if (isWanted(record)) yield record;
}
