import type { Comparison, PairedComparison } from './compare';
import { percent } from './percent';

/** Titles of the numbers in `comparisonRows`. */
export const comparisonColumns = ['A %', 'B %', 'B − A', '95 %', 'p'] as const;

/** A comparison as texts in percent: a class a row, and the mean last; its name, and the numbers of `comparisonColumns`. */
export function comparisonRows({ mAP, classes }: PairedComparison): { name: string; numbers: string[] }[] {
  return [...Object.entries(classes), ['mAP', mAP] as const].map(([name, compared]) => ({
    name,
    numbers: numbersOf(compared),
  }));
}

function numbersOf({ a, b, difference, interval, pValue }: Comparison): string[] {
  const between = interval === undefined ? '–' : `${signed(interval.low)} … ${signed(interval.high)}`;
  return [percent(a), percent(b), signed(difference), between, pValue === undefined ? '–' : pValue.toFixed(3)];
}

function signed(share: number | null): string {
  if (share === null) return '–';
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(2)}`;
}
