import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@featuremine/random';

const SIDE = 32;

// A global of jest's sandbox costs a slow look-up at each use.
const { sin, cos, PI, round, max, min } = Math;

/** Writes a data set in CIFAR-10's format whose classes are stripes of ten directions; it is learned in seconds. */
export function writeStripes(counts: { readonly train: number; readonly test: number }): string {
  const folder = join(temporaryFolder(), 'stripes');
  mkdirSync(folder);
  const names = Array.from({ length: 10 }, (_, k) => `${18 * k} degrees`);
  writeFileSync(join(folder, 'batches.meta.txt'), `${names.join('\n')}\n`);
  writeFileSync(join(folder, 'data_batch_1.bin'), stripeRecords('train', counts.train));
  writeFileSync(join(folder, 'test_batch.bin'), stripeRecords('test', counts.test));
  return folder;
}

/** A new folder below the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'backbone-pretrain-'));
}

function stripeRecords(split: string, count: number): Uint8Array {
  const recordBytes = 1 + 3 * SIDE * SIDE;
  const bytes = new Uint8Array(count * recordBytes);
  for (let i = 0; i < count; i++) {
    const random = Random.of(split, i);
    const label = i % 10;
    bytes[i * recordBytes] = label;
    const angle = (label * PI) / 10;
    const phase = random.uniform(0, 2 * PI);
    const colours = [0, 1, 2].map(() => random.uniform(30, 60));
    for (let place = 0; place < SIDE * SIDE; place++) {
      const along = (place % SIDE) * cos(angle) + Math.floor(place / SIDE) * sin(angle);
      const wave = sin(along * 1.2 + phase);
      colours.forEach((colour, channel) => {
        const value = round(128 + colour * wave + random.uniform(-20, 20));
        bytes[i * recordBytes + 1 + channel * SIDE * SIDE + place] = max(0, min(255, value));
      });
    }
  }
  return bytes;
}
