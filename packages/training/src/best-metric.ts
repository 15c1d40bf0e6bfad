import type { BestMetric } from './task';

type Metrics = Readonly<Record<string, number>>;

/**
 * True if an evaluation is better than the best one so far; the earlier one keeps a tie, and NaN is never better.
 *
 * The first evaluation is the best so far. If evaluations do not have the metric at all, the last one is the best.
 */
export function isBetter(held: Metrics, best: Metrics | undefined, { name, mode }: BestMetric): boolean {
  const value = held[name];
  if (best === undefined || value === undefined) return true;
  const record = best[name];
  if (record === undefined || Number.isNaN(record)) return !Number.isNaN(value);
  return mode === 'max' ? value > record : value < record;
}
