/** Which logits of one level may become detections: positions in the flat `[R, columns]` array, best first. */
export interface CandidateRequest {
  readonly logits: Float32Array; // [R, columns]
  readonly columns: number;
  /** Columns before this one are background and are passed over. */
  readonly firstColumn: number;
  /** Only scores above this one count, 0…1. */
  readonly scoreThreshold: number;
  /** At most so many are returned. */
  readonly limit: number;
}

/**
 * Picks the best logits whose sigmoid is above the threshold; equal logits keep the order of the array.
 *
 * The threshold is compared as a logit, so that no sigmoid is computed for the many anchors that show nothing.
 */
export function selectCandidates(request: CandidateRequest): Int32Array {
  const { logits, columns, firstColumn, limit } = request;
  const threshold = logit(request.scoreThreshold);
  let found = new Int32Array(1024);
  let count = 0;
  for (let row = 0; row < logits.length; row += columns) {
    for (let at = row + firstColumn; at < row + columns; at++) {
      if (logits[at] > threshold) {
        if (count === found.length) found = grown(found);
        found[count++] = at;
      }
    }
  }
  const best = count > limit ? bestOf(found.subarray(0, count), logits, limit) : found.slice(0, count);
  return best.sort((a, b) => logits[b] - logits[a] || a - b);
}

/** The logit whose sigmoid is this score; −∞ at or below 0, +∞ at or above 1. */
export function logit(score: number): number {
  if (score <= 0) return -Infinity;
  if (score >= 1) return Infinity;
  return Math.log(score / (1 - score));
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(array.length * 2);
  bigger.set(array);
  return bigger;
}

// All positions above the limit-th largest value, then those equal to it, first come first served.
function bestOf(positions: Int32Array, values: Float32Array, limit: number): Int32Array<ArrayBuffer> {
  const keys = Float32Array.from(positions, (position) => values[position]);
  const bar = nthLargest(keys, limit);
  const best = new Int32Array(limit);
  let above = 0;
  for (const position of positions) if (values[position] > bar) best[above++] = position;
  for (const position of positions) {
    if (above === limit) break;
    if (values[position] === bar) best[above++] = position;
  }
  return best;
}

// Hoare's quickselect, largest first; reorders `keys`.
function nthLargest(keys: Float32Array, n: number): number {
  let low = 0;
  let high = keys.length - 1;
  const target = n - 1;
  while (low < high) {
    const pivot = keys[(low + high) >> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (keys[left] > pivot) left++;
      while (keys[right] < pivot) right--;
      if (left <= right) {
        const kept = keys[left];
        keys[left++] = keys[right]!;
        keys[right--] = kept;
      }
    }
    if (target <= right) high = right;
    else if (target >= left) low = left;
    else break;
  }
  return keys[target];
}
