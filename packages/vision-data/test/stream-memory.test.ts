import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { classificationBatches, createWorkerPool, openRecords } from '../src';
import type { ClassificationDataset } from '../src';
import { encodeRecord } from '../src/records/packed-record';
import { writeRecordsIndex } from '../src/records/records-index';
import type { ShardEntry } from '../src/records/records-index';
import { ShardWriter } from '../src/records/shard-writer';
import { withScratchFolder } from './scratch';

const isLong = process.env['FEATUREMINE_LONG'] === '1';
/** The number of images of the longer epoch; the shorter one has a tenth. */
const COUNT = isLong ? 1_000_000 : 30_000;
const PER_SHARD = isLong ? 10_000 : 1000;
const CLASSES = 1000;
const BATCH = 250;

setFlagsFromString('--expose-gc');
const collectOnce = runInNewContext('gc') as () => void;

/** Twice: what buffers took is given back, and counted so, when the next collection begins. */
function collectGarbage(): void {
  collectOnce();
  collectOnce();
}

jest.setTimeout(900_000);

/** Writes synthetic records of 8x8 pixels whose first three bytes are the record's number. */
async function writeSynthetic(folder: string, count: number): Promise<ClassificationDataset> {
  const shards: ShardEntry[] = [];
  for (let first = 0; first < count; first += PER_SHARD) {
    const writer = await ShardWriter.create(join(folder, `train-${shards.length}.records`));
    for (let i = first; i < first + PER_SHARD; i++) {
      const payload = new Uint8Array(192).fill(i % 251);
      payload.set([i & 255, (i >> 8) & 255, i >> 16]);
      const label = i % CLASSES;
      const record = { label, name: `${i}`, content: 'pixels', width: 8, height: 8, payload } as const;
      await writer.append(encodeRecord(record), label);
    }
    shards.push(await writer.finish());
  }
  const classNames = Array.from({ length: CLASSES }, (_, k) => `class ${k}`);
  writeRecordsIndex(folder, { split: 'train', kind: 'imagenet', classNames, count, shards });
  return openRecords({ folder, split: 'train' });
}

interface Epoch {
  /** Memory of the process in MB at ten places of the epoch. */
  readonly resident: number[];
  /** What live objects and buffers of this thread take there, in MB. */
  readonly live: number[];
  readonly seconds: number;
}

/** Streams an epoch, and checks that every image comes once, with its label. */
async function streamEpoch(dataset: ClassificationDataset, workers: number): Promise<Epoch> {
  const pool = createWorkerPool({ workers });
  const seen = new Uint8Array(dataset.count);
  const resident: number[] = [];
  const live: number[] = [];
  const started = performance.now();
  try {
    const options = { pool, batchSize: BATCH, imageSize: 8, seed: 1, epoch: 0, order: 'shuffled' } as const;
    const transform = { crop: { kind: 'stretch' } } as const;
    const place = Math.floor(dataset.count / BATCH / 10);
    for await (const batch of classificationBatches(dataset, { ...options, transform, lastBatch: 'short' })) {
      const { images, labels, indices, batchIndex } = batch;
      for (let n = 0; n < indices.length; n++) {
        const [low, middle, high] = images.data.subarray(n * 192, n * 192 + 3);
        const number = low + 256 * middle + 65536 * high;
        if (number !== indices[n] || labels.data[n] !== number % CLASSES) throw new Error(`image ${number} is wrong`);
        seen[number]++;
      }
      if (batchIndex % place !== place - 1) continue;
      collectGarbage();
      const { rss, heapUsed, external } = process.memoryUsage();
      resident.push(rss / 2 ** 20);
      live.push((heapUsed + external) / 2 ** 20);
    }
  } finally {
    await pool.close();
  }
  expect(seen.every((times) => times === 1)).toBe(true);
  return { resident, live, seconds: (performance.now() - started) / 1000 };
}

function places(megabytes: readonly number[]): string {
  return megabytes.map((value) => value.toFixed(1)).join(' ');
}

describe('a stream of records', () => {
  it(`takes no more memory for ${COUNT} images than for a tenth of them`, async () => {
    await withScratchFolder(async (folder) => {
      const began = performance.now();
      const dataset = await writeSynthetic(folder, COUNT);
      const written = (performance.now() - began) / 1000;
      const { shards } = dataset.source as { shards: readonly ShardEntry[] };
      const tenth: ClassificationDataset = {
        ...dataset,
        count: COUNT / 10,
        source: { ...dataset.source, shards: shards.slice(0, shards.length / 10) } as ClassificationDataset['source'],
      };
      await streamEpoch(tenth, 2); // code and buffers are there from here on
      const short = await streamEpoch(tenth, 2);
      const long = await streamEpoch(dataset, 2);
      process.stderr.write(
        `${COUNT} images: written in ${written.toFixed(1)} s, streamed in ${long.seconds.toFixed(1)} s; after each tenth ` +
          `live ${places(long.live)} MB, resident ${places(long.resident)} MB; for a tenth of the images ` +
          `at most ${Math.max(...short.live).toFixed(1)} and ${Math.max(...short.resident).toFixed(1)} MB\n`,
      );
      // The pixels alone of all records are 5.5 MB (183 MB in the long form).
      const slack = isLong ? 20 : 4;
      expect(Math.max(...long.live) - Math.max(...short.live)).toBeLessThan(slack);
      expect(Math.max(...long.live.slice(5)) - Math.max(...long.live.slice(0, 5))).toBeLessThan(slack);
      // What the allocator keeps for itself varies between runs, so this says something of many images only.
      if (isLong) expect(Math.max(...long.resident) - Math.max(...short.resident)).toBeLessThan(100);
    });
  });
});
