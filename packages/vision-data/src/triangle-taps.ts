/** Fractional bits of a weight: 1 is 2¹⁴. */
const WEIGHT_BITS = 14;

/** For each output position of a resize, the input positions that it is made of, and their weights. */
export interface Taps {
  /** [output length], first input position. */
  readonly first: Int32Array;
  /** [output length, 2·pairs], weights of that position and those behind it; each output's sum is 2¹⁴. */
  readonly weights: Int16Array;
  /** How many pairs of positions each output has; those behind its last have the weight 0. */
  readonly pairs: number;
  /** First input position of any output, and the one behind the last. */
  readonly low: number;
  readonly high: number;
}

/**
 * The taps of a triangle filter over `length` input positions from `start` (both may have fractions), which widens when
 * shrinking. Positions outside 0…inputLength count for nothing. Mirrored, the last output comes first.
 */
export function triangleTaps(options: {
  readonly start: number;
  readonly length: number;
  readonly inputLength: number;
  readonly outputLength: number;
  readonly isMirrored?: boolean;
}): Taps {
  const { start, length, inputLength, outputLength, isMirrored = false } = options;
  const scale = length / outputLength;
  const support = Math.max(1, scale);
  const most = 2 * Math.ceil(support) + 1;
  const first = new Int32Array(outputLength);
  const rounded = new Int16Array(outputLength * most);
  const exact = new Float64Array(most);
  let [count, low, high] = [1, inputLength, 0];
  for (let i = 0; i < outputLength; i++) {
    const centre = start + (i + 0.5) * scale;
    // Positions whose centre lies within the support; those at its very end have the weight 0.
    const from = Math.min(inputLength - 1, Math.max(0, Math.floor(centre - support + 0.5)));
    const to = Math.max(from + 1, Math.min(inputLength, Math.ceil(centre + support - 0.5)));
    for (let j = from; j < to; j++) exact[j - from] = Math.max(0, 1 - Math.abs((j + 0.5 - centre) / support));
    const output = isMirrored ? outputLength - 1 - i : i;
    const used = roundWeights(exact.subarray(0, to - from), rounded.subarray(output * most, (output + 1) * most));
    first[output] = from;
    count = Math.max(count, used);
    low = Math.min(low, from);
    high = Math.max(high, from + used);
  }
  const pairs = (count + 1) >> 1;
  return { first, weights: packed(rounded, most, 2 * pairs), pairs, low, high };
}

// Whole numbers whose sum is exactly 1: what rounding leaves goes to the largest. Returns the count without zeros behind.
function roundWeights(exact: Float64Array, rounded: Int16Array): number {
  let sum = 0;
  for (const weight of exact) sum += weight;
  if (sum === 0) exact[0] = sum = 1;
  let rest = 1 << WEIGHT_BITS;
  let largest = 0;
  let used = 1;
  for (let j = 0; j < exact.length; j++) {
    const weight = Math.round((exact[j] / sum) * (1 << WEIGHT_BITS));
    rounded[j] = weight;
    rest -= weight;
    if (weight > rounded[largest]) largest = j;
    if (weight > 0) used = j + 1;
  }
  rounded[largest] += rest;
  return used;
}

function packed(weights: Int16Array, from: number, to: number): Int16Array {
  const rows = weights.length / from;
  const result = new Int16Array(rows * to);
  for (let row = 0; row < rows; row++) {
    result.set(weights.subarray(row * from, row * from + Math.min(from, to)), row * to);
  }
  return result;
}
