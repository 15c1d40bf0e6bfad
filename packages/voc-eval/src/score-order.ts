/** Below this many rows a comparison sort is faster than the radix sort's histograms. */
const radixFrom = 4096;
const bucketCount = 65536;

/**
 * The rows of `score` [D] from the highest to the lowest, [D] row numbers; equal scores keep the order of `before`.
 *
 * Takes time and memory linear in D: a radix sort over the bits of the numbers. Scores are not NaN.
 *
 * @param before [D] row numbers in the order that decides between equal scores; the row order by default.
 */
export function fallingOrder(score: Float64Array, before: Int32Array = rowOrder(score.length)): Int32Array {
  const rows = score.length;
  if (rows < radixFrom) return smallOrder(score, before);
  let order = before.slice();

  const words = fallingKeys(score);
  let other = new Int32Array(rows);
  const counts = new Int32Array(bucketCount);
  for (let digit = 0; digit < 4; digit++) {
    const offset = littleEndianDigits[digit];
    counts.fill(0);
    for (let row = 0; row < rows; row++) counts[words[4 * row + offset]]++;
    if (counts[words[offset]] === rows) continue; // all rows share this digit
    let start = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const inBucket = counts[bucket];
      counts[bucket] = start;
      start += inBucket;
    }
    for (let place = 0; place < rows; place++) {
      const row = order[place];
      other[counts[words[4 * row + offset]]++] = row;
    }
    [order, other] = [other, order];
  }
  return order;
}

/** [D] the numbers 0 … D − 1. */
export function rowOrder(rows: number): Int32Array {
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  return order;
}

function smallOrder(score: Float64Array, before: Int32Array): Int32Array {
  const places = rowOrder(before.length).sort((a, b) => score[before[b]] - score[before[a]] || a - b);
  return places.map((place) => before[place]);
}

/** Where a float64's 16-bit digits lie, lowest first. */
const littleEndianDigits = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? [0, 1, 2, 3] : [3, 2, 1, 0];

/** [D, 4] 16-bit digits of keys that rise, as unsigned integers, when the scores fall. */
function fallingKeys(score: Float64Array): Uint16Array {
  const keys = new Float64Array(score.length);
  for (let row = 0; row < score.length; row++) keys[row] = score[row] + 0; // −0 becomes 0
  const words = new Uint16Array(keys.buffer);
  const top = littleEndianDigits[3];
  for (let at = 0; at < words.length; at += 4) {
    // A negative number's bits already rise as the number falls, and its sign bit puts it after the others.
    if (words[at + top] >= 0x8000) continue;
    words[at] = ~words[at];
    words[at + 1] = ~words[at + 1];
    words[at + 2] = ~words[at + 2];
    words[at + 3] = ~words[at + 3];
    words[at + top] = words[at + top] & 0x7fff;
  }
  return words;
}
