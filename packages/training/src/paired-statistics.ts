/** Mean and sample deviation of a few runs; the deviation of one run is NaN. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly count: number;
}

/** Mean and sample deviation (n − 1). */
export function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : NaN, count };
}

/** The spread of value − reference, pair by pair: what two arms with the same seeds differ by. */
export function pairedDifference(values: readonly number[], references: readonly number[]): Spread {
  return spreadOf(values.map((value, index) => value - references[index]));
}

// Student's t, 97.5 %, for 1 to 30 degrees of freedom.
const T_QUANTILES = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** The 95 % interval of a mean by Student's t, [low, high]; of one run it is [NaN, NaN]. */
export function confidenceInterval({ mean, deviation, count }: Spread): readonly [number, number] {
  const quantile = T_QUANTILES[count - 2] ?? 1.96;
  const half = (quantile * deviation) / Math.sqrt(count);
  return [mean - half, mean + half];
}

/** The median with its interval of at least 95 % by order statistics; of fewer than six values the interval is NaN. */
export function medianInterval(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const median = (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
  // The largest rank k with P(fewer than k of `count` fair coins show heads) of 2.5 % or less.
  let rank = 0;
  let probability = 0.5 ** count;
  for (let sum = probability; sum <= 0.025; sum += probability) {
    rank++;
    probability = (probability * (count - rank + 1)) / rank;
  }
  return rank === 0 ? { median, low: NaN, high: NaN } : { median, low: sorted[rank - 1], high: sorted[count - rank] };
}

/** `0.7013 ± 0.0021`, or the mean alone for one run. */
export function formatSpread({ mean, deviation }: Spread, digits = 4): string {
  return Number.isNaN(deviation) ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}

/** `+0.0097 ± 0.0021`: a difference with its sign. */
export function formatDifference(difference: Spread, digits = 4): string {
  return (difference.mean >= 0 ? '+' : '') + formatSpread(difference, digits);
}
