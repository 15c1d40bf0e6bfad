/** The side of the grey thumbnails that are compared. */
export const THUMBNAIL_SIDE = 32;
const HASH_SIDE = 16;

/** A thumbnail in grey and its hash: what is compared of an image, whatever its size and compression. */
export interface ImageSignature {
  /** THUMBNAIL_SIDE², 0…255. */
  readonly thumbnail: Uint8Array;
  /** 256 bits: whether each cell of a 16x16 grid is brighter than its right neighbour (the row wraps around). */
  readonly hash: Uint32Array;
}

/** The signature of a grey thumbnail of THUMBNAIL_SIDE² pixels. */
export function signatureOf(thumbnail: Uint8Array): ImageSignature {
  const cells = shrunk(thumbnail);
  const hash = new Uint32Array((HASH_SIDE * HASH_SIDE) / 32);
  for (let y = 0; y < HASH_SIDE; y++) {
    for (let x = 0; x < HASH_SIDE; x++) {
      const bit = y * HASH_SIDE + x;
      if (cells[bit] > cells[y * HASH_SIDE + ((x + 1) % HASH_SIDE)]) hash[bit >>> 5] |= 1 << (bit & 31);
    }
  }
  return { thumbnail, hash };
}

/** The signature of the image mirrored left to right. */
export function mirroredSignature({ thumbnail }: ImageSignature): ImageSignature {
  const side = THUMBNAIL_SIDE;
  return signatureOf(thumbnail.map((_, i) => thumbnail[i - (i % side) + side - 1 - (i % side)]));
}

/** The number of bits in which two hashes differ, 0 to 256. */
export function hashDistance(a: Uint32Array, b: Uint32Array): number {
  let distance = 0;
  for (let i = 0; i < a.length; i++) distance += bitCount(a[i] ^ b[i]);
  return distance;
}

/** Pearson's correlation of two thumbnails, −1 to 1: changes of brightness and contrast do not matter. */
export function correlation(a: Uint8Array, b: Uint8Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [differenceA, differenceB] = [a[i] - meanA, b[i] - meanB];
    both += differenceA * differenceB;
    squaresA += differenceA * differenceA;
    squaresB += differenceB * differenceB;
  }
  // Two images of one colour each have nothing by which to tell them apart.
  if (squaresA === 0 && squaresB === 0) return 1;
  return squaresA === 0 || squaresB === 0 ? 0 : both / Math.sqrt(squaresA * squaresB);
}

// Means of 2x2 pixels.
function shrunk(thumbnail: Uint8Array): Float32Array {
  const factor = THUMBNAIL_SIDE / HASH_SIDE;
  const cells = new Float32Array(HASH_SIDE * HASH_SIDE);
  for (let y = 0; y < THUMBNAIL_SIDE; y++) {
    for (let x = 0; x < THUMBNAIL_SIDE; x++) {
      cells[Math.floor(y / factor) * HASH_SIDE + Math.floor(x / factor)] += thumbnail[y * THUMBNAIL_SIDE + x];
    }
  }
  return cells;
}

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
