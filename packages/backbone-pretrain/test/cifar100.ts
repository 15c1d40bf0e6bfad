import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@featuremine/random';
import { temporaryFolder } from './stripes';

/** Writes a data set of noise in CIFAR-100's binary layout: 64 images to train on and 64 to test on, of two classes. */
export function writeCifar100(seed = 0): string {
  const folder = join(temporaryFolder(), 'noise');
  mkdirSync(folder);
  for (const names of ['coarse', 'fine']) writeFileSync(join(folder, `${names}_label_names.txt`), 'a\nb\n');
  for (const part of ['train', 'test']) writeFileSync(join(folder, `${part}.bin`), records(Random.of(seed, part)));
  return folder;
}

function records(random: Random): Uint8Array {
  const recordBytes = 2 + 3 * 32 * 32;
  const bytes = Uint8Array.from({ length: 64 * recordBytes }, () => random.integer(256));
  for (let i = 0; i < 64; i++) bytes.set([i % 2, i % 2], i * recordBytes);
  return bytes;
}
