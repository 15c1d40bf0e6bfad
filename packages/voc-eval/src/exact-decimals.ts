import { decimalSum } from '@featuremine/boxes';

/**
 * Where a box that starts here and is so wide ends, as a file means it: what was written as decimals adds in decimals
 * (`10.3 + 25.6` is 35.9, in binary a last bit more), what a program computed, to all digits or in single precision,
 * adds in binary.
 */
export function endOf(start: number, size: number): number {
  if (areSingle(start, size) || !isDecimal(start) || !isDecimal(size)) return start + size;
  return Number(decimalSum(String(start), String(size)));
}

/**
 * The size by which `endOf(start, size)` is `end`, as a file would have stated it.
 *
 * Always there for decimals of up to 13 digits and for numbers of single precision; of other pairs, about one in
 * 5,000 has no such size, and gets the nearest.
 */
export function sizeTo(start: number, end: number): number {
  const isGood = (size: number): boolean => endOf(start, size) === end;
  const plain = end - start;
  // A size far below its start has few bits left, and looks like one of single precision.
  if (areSingle(start, plain) && Math.abs(plain) > 1e-6 * Math.abs(start) && isGood(plain)) return plain;
  const decimal = Number(decimalSum(String(end), start === 0 ? '0' : String(-start)));
  if (isDecimal(start) && isDecimal(decimal) && isGood(decimal)) return decimal;
  return [Number(plain.toPrecision(9)), plain, ...besides(plain)].find(isGood) ?? decimal;
}

/** COCO's [x, y, width, height] of corners: `endOf(x, width)` is x2, and `endOf(y, height)` y2. */
export function cocoBox(x1: number, y1: number, x2: number, y2: number): [number, number, number, number] {
  return [x1, y1, sizeTo(x1, x2), sizeTo(y1, y2)];
}

/** Whether a number has at most 13 digits, as what people and most programs write; computed ones have 15 to 17. */
function isDecimal(value: number): boolean {
  return Number.isInteger(value) || Number(value.toPrecision(13)) === value;
}

function areSingle(a: number, b: number): boolean {
  return Math.fround(a) === a && Math.fround(b) === b;
}

/** The four numbers nearest to this one. */
function besides(value: number): number[] {
  const words = new BigInt64Array(new Float64Array([value]).buffer);
  return [1n, -1n, 2n, -2n].map((step) => new Float64Array(BigInt64Array.of(words[0] + step).buffer)[0]);
}
