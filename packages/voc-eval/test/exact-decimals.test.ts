import fc from 'fast-check';
import { cocoBox, endOf, sizeTo } from '../src/exact-decimals';

/** What files state: decimals of up to 8 places, numbers of single precision, whole numbers. */
const decimal = fc
  .tuple(fc.nat(2000), fc.nat(8), fc.nat(1e8 - 1))
  .map(([whole, places, digits]) => Number(`${whole}.${String(digits).padStart(8, '0').slice(0, places)}`));
const single = fc.oneof(fc.constant(0), fc.float({ min: Math.fround(0.01), max: 2000, noNaN: true }));
const kinds = [
  ['decimals', decimal],
  ['single precision', single],
  ['whole numbers', fc.nat(2000)],
] as const;

describe('endOf', () => {
  it('adds decimals in decimals, and what has all digits in binary', () => {
    expect(10.3 + 25.6).not.toBe(35.9);
    expect(endOf(10.3, 25.6)).toBe(35.9);
    const [a, b] = [Math.fround(0.1), Math.fround(0.2)];
    expect(endOf(a, b)).toBe(a + b);
  });
});

describe('sizeTo', () => {
  it.each(kinds)('gives the size that was stated: %s', (_, number) => {
    fc.assert(
      fc.property(number, number, (start, size) => {
        expect(sizeTo(start, endOf(start, size))).toBe(size);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(kinds)('leads to the end that was stated, to the bit: %s', (_, number) => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect(endOf(start, sizeTo(start, end))).toBe(end);
      }),
      { numRuns: 1000 },
    );
  });

  it('leads to an end of the other side, which a box that is inside out has', () => {
    expect(endOf(199.793411, sizeTo(199.793411, -5.413326))).toBe(-5.413326);
  });
});

describe('cocoBox', () => {
  it('is origin and size', () => {
    expect(cocoBox(10.3, 2, 35.9, 7.5)).toEqual([10.3, 2, 25.6, 5.5]);
  });
});
