/** Below this many rows a comparison sort is faster than the radix sort's histograms. */
const radixFrom = 4096;
const bucketCount = 65536;

/**
 * The rows of `score` [D] from the highest to the lowest, [D] row numbers; equal scores keep the order of `before`.
 *
 * Takes time and memory linear in D: a radix sort over the upper 32 bits of the numbers, then a comparison sort of the
 * runs that agree in them and are not equal, which are short. Scores are not NaN.
 *
 * @param before [D] row numbers in the order that decides between equal scores; the row order by default.
 */
export function fallingOrder(score: Float64Array, before: Int32Array = rowOrder(score.length)): Int32Array {
  const rows = before.length;
  if (rows < radixFrom) return compared(score, before);
  const lowCounts = new Int32Array(bucketCount);
  const highCounts = new Int32Array(bucketCount);
  const keys = fallingKeys(score);
  for (let row = 0; row < rows; row++) {
    const key = keys[row];
    lowCounts[key & 0xffff]++;
    highCounts[key >>> 16]++;
  }
  startsOf(lowCounts);
  startsOf(highCounts);
  const byLow = new Int32Array(rows);
  for (let place = 0; place < rows; place++) {
    const row = before[place];
    byLow[lowCounts[keys[row] & 0xffff]++] = row;
  }
  const order = new Int32Array(rows);
  for (let place = 0; place < rows; place++) {
    const row = byLow[place];
    order[highCounts[keys[row] >>> 16]++] = row;
  }
  for (let start = 0; start < rows;) {
    const key = keys[order[start]];
    const first = score[order[start]];
    let end = start + 1;
    let areEqual = true;
    while (end < rows && keys[order[end]] === key) areEqual = score[order[end++]] === first && areEqual;
    if (!areEqual) order.set(compared(score, order.subarray(start, end)), start);
    start = end;
  }
  return order;
}

/** [D] the numbers 0 … D − 1. */
function rowOrder(rows: number): Int32Array {
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  return order;
}

function compared(score: Float64Array, before: Int32Array): Int32Array {
  const places = rowOrder(before.length).sort((a, b) => score[before[b]] - score[before[a]] || a - b);
  return places.map((place) => before[place]);
}

/** Counts of buckets become the places where the buckets start. */
function startsOf(counts: Int32Array): void {
  let start = 0;
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const inBucket = counts[bucket];
    counts[bucket] = start;
    start += inBucket;
  }
}

/** Where the upper half of a float64 lies among its two words. */
const upper = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** [D] the upper halves of the scores, as unsigned integers that rise when the scores fall. */
function fallingKeys(score: Float64Array): Uint32Array {
  const words = new Uint32Array(score.buffer, score.byteOffset, 2 * score.length);
  const keys = new Uint32Array(score.length);
  for (let row = 0; row < keys.length; row++) {
    const word = words[2 * row + upper];
    // A negative number's bits rise already as it falls, and its sign bit puts it last; −0 is 0.
    keys[row] = score[row] < 0 ? word : ~word & 0x7fffffff;
  }
  return keys;
}
