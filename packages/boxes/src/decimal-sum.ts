const PARTS = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

/**
 * The exact sum of two decimal numbers, as a decimal text without an exponent: `decimalSum('0.1', '0.2')` is `0.3`.
 *
 * Files state boxes in decimals; their sums and differences in binary are often a last bit beside those in decimals.
 *
 * @param a `-12.5`, `.5` or `1e-3`; what `String` makes of a finite number
 */
export function decimalSum(a: string, b: string): string {
  const [p, q] = [decimalOf(a), decimalOf(b)];
  const places = Math.max(p.places, q.places);
  const sum = scaled(p, places) + scaled(q, places);
  const digits = String(sum < 0n ? -sum : sum).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${sum < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** units / 10^places */
interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

function decimalOf(text: string): Decimal {
  const [, sign, whole, fraction, exponent] = PARTS.exec(text)!;
  const units = BigInt(`${whole}${fraction}`);
  const places = fraction.length - Number(exponent ?? 0);
  const positive = places >= 0 ? { units, places } : { units: units * 10n ** BigInt(-places), places: 0 };
  return sign === '-' ? { ...positive, units: -positive.units } : positive;
}

function scaled({ units, places }: Decimal, to: number): bigint {
  return places === to ? units : units * 10n ** BigInt(to - places);
}
