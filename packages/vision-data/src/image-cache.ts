import type { DecodedImage } from './image';

/** Decoded images in memory that all threads share; plain data, made by `createImageCache`. */
export interface ImageCache {
  /** [2 + 4·count]: units in use, whether an image did not fit, then state, width, height and place (in units) of each image. */
  readonly table: Int32Array;
  readonly pixels: SharedArrayBuffer;
}

const UNIT_BYTES = 64;
const EMPTY = 0;
const BEING_WRITTEN = 1;
const READY = 2;
const FIELDS = 4;
const HEAD = 2;

/**
 * A cache for `count` images that takes at most `sizeBytes`; what does not fit is decoded anew each time.
 *
 * Memory is touched only as images come in. Each image is written once, by the first thread that has it, and must not
 * depend on who writes it.
 */
export function createImageCache(count: number, sizeBytes: number): ImageCache {
  const table = new Int32Array(new SharedArrayBuffer((HEAD + FIELDS * count) * 4));
  return { table, pixels: new SharedArrayBuffer(Math.floor(sizeBytes / UNIT_BYTES) * UNIT_BYTES) };
}

/** The image at this index, or undefined. Its pixels are the cache's own: they must not be written. */
export function cachedImage(cache: ImageCache, index: number): DecodedImage | undefined {
  const { table, pixels } = cache;
  const entry = HEAD + FIELDS * index;
  if (Atomics.load(table, entry) !== READY) return undefined;
  const width = table[entry + 1];
  const height = table[entry + 2];
  return { width, height, data: new Uint8Array(pixels, table[entry + 3] * UNIT_BYTES, width * height * 3) };
}

/** True when an image did not fit: hardly another one will. */
export function isFull({ table, pixels }: ImageCache): boolean {
  return Atomics.load(table, 1) !== 0 || pixels.byteLength === 0;
}

/** Keeps an image if there is room and it is not there yet. */
export function keepImage(cache: ImageCache, index: number, image: DecodedImage): void {
  const { table, pixels } = cache;
  const entry = HEAD + FIELDS * index;
  if (Atomics.compareExchange(table, entry, EMPTY, BEING_WRITTEN) !== EMPTY) return;
  const units = Math.ceil(image.data.byteLength / UNIT_BYTES);
  const place = Atomics.add(table, 0, units);
  if ((place + units) * UNIT_BYTES > pixels.byteLength) {
    Atomics.sub(table, 0, units);
    Atomics.store(table, 1, 1);
    return; // The entry stays BEING_WRITTEN: nobody tries again.
  }
  new Uint8Array(pixels, place * UNIT_BYTES, image.data.byteLength).set(image.data);
  table[entry + 1] = image.width;
  table[entry + 2] = image.height;
  table[entry + 3] = place;
  Atomics.store(table, entry, READY);
}
