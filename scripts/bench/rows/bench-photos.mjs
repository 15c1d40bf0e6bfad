// Photographs of the size of VOC's, made by formula: 500x375 pixels, about 100 KB of JPEG, in two class folders.
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { Random } from '@featuremine/random';

/** Where they lie; the number changes with the formula. */
export const PHOTO_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../../.cache/bench/photos-3');
const WIDTH = 500;
const HEIGHT = 375;

/** How many there are: what one timed step of the loading rows reads. */
export const PHOTO_COUNT = 256;

/** The folder of the photographs, made on first use. Its file names are `class0/000.jpg` … */
export async function benchPhotos() {
  const folder = PHOTO_FOLDER;
  if (existsSync(join(folder, 'done'))) return folder;
  for (const name of ['class0', 'class1']) mkdirSync(join(folder, name), { recursive: true });
  for (let index = 0; index < PHOTO_COUNT; index++) {
    const file = join(folder, `class${index % 2}`, `${String(index).padStart(3, '0')}.jpg`);
    const data = photo(Random.of(1, 'photo', index));
    await sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .jpeg({ quality: 94, chromaSubsampling: '4:2:0' })
      .toFile(`${file}.part`);
    renameSync(`${file}.part`, file);
  }
  writeFileSync(join(folder, 'done'), '');
  return folder;
}

/** The paths of the photographs in a fixed order. */
export function photoFiles(root) {
  return ['class0', 'class1'].flatMap((name) =>
    readdirSync(join(root, name))
      .sort()
      .map((file) => join(root, name, file)),
  );
}

// Noise on grids from coarse to fine, each with less contrast, as photographs have it; finer grain in luma only.
function photo(random) {
  const values = new Float32Array(WIDTH * HEIGHT * 3).fill(128);
  for (const [cell, strength] of [
    [125, 60],
    [31, 35],
    [8, 18],
    [3, 13],
  ]) {
    addNoise(values, random, { cell, strength, channels: 3 });
  }
  addNoise(values, random, { cell: 1.3, strength: 30, channels: 1 });
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value))));
}

function addNoise(values, random, { cell, strength, channels }) {
  const columns = Math.ceil(WIDTH / cell) + 2;
  const rows = Math.ceil(HEIGHT / cell) + 2;
  const grid = Float32Array.from({ length: columns * rows * channels }, () => random.uniform(-strength, strength));
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    const row = Math.floor(y / cell);
    const down = y / cell - row;
    for (let x = 0; x < WIDTH; x++) {
      const column = Math.floor(x / cell);
      const right = x / cell - column;
      const first = (row * columns + column) * channels;
      const next = first + columns * channels;
      for (let c = 0; c < 3; c++, i++) {
        const place = channels === 1 ? 0 : c;
        const above = grid[first + place] * (1 - right) + grid[first + channels + place] * right;
        const below = grid[next + place] * (1 - right) + grid[next + channels + place] * right;
        values[i] += above * (1 - down) + below * down;
      }
    }
  }
}
