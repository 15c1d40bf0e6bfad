import { decimalSum } from '@featuremine/boxes';

/** Longer texts are no coordinates that a program wrote; a sum of theirs would take long. */
const LONGEST = 1000;
const POWERS = Array.from({ length: 16 }, (_, i) => 10 ** i);

/**
 * The continuous origin that a 1-based text states, x − 1, rounded once: `1.1` gives 0.1, where 1.1 − 1 in binary is
 * 0.10000000000000009.
 *
 * @param value the number that the text says
 */
export function fromVocPixel(text: string, value: number): number {
  if (!/[.e]/i.test(text)) return value - 1;
  const dot = text.indexOf('.');
  const places = text.length - dot - 1;
  if (dot > 0 && text.length <= 16 && /^\d+\.\d+$/.test(text)) {
    return lessOne(Number(text.slice(0, dot) + text.slice(dot + 1)), places);
  }
  if (text.length > LONGEST || Math.abs(value) < 1e-300) return value - 1;
  return Number(decimalSum(text, '-1'));
}

/** (units − 10^places) / 10^places for at most 15 digits: the quotient of two exact doubles, rounded once. */
export function lessOne(units: number, places: number): number {
  return (units - POWERS[places]) / POWERS[places];
}

/** The 1-based text of a continuous origin, x + 1 in decimals; `fromVocPixel` gives x back to the bit. */
export function toVocPixel(x: number): string {
  return Number.isInteger(x) ? String(x + 1) : decimalSum(String(x), '1');
}
