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

/** `0.7013 ± 0.0021`, or the mean alone for one run. */
export function formatSpread({ mean, deviation }: Spread, digits = 4): string {
  return Number.isNaN(deviation) ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}

/** `+0.0097 ± 0.0021`: a difference with its sign. */
export function formatDifference(difference: Spread, digits = 4): string {
  return (difference.mean >= 0 ? '+' : '') + formatSpread(difference, digits);
}
