import fc from 'fast-check';
import { fromVocPixel, toVocPixel } from '../src/voc-pixel';

const fromText = (text: string): number => fromVocPixel(text, Number(text));

describe('fromVocPixel', () => {
  it('subtracts in decimals, where binary would leave a last bit', () => {
    expect(1.1 - 1).not.toBe(0.1);
    expect(fromText('1.1')).toBe(0.1);
    expect(['1', '0', '0.5', '-2.25', '1e1', '+3.5'].map(fromText)).toEqual([0, -1, -0.5, -3.25, 9, 2.5]);
  });

  it('stays quick on endless digits and exponents', () => {
    const start = performance.now();
    expect(fromText(`1.${'0'.repeat(1_000_000)}5`)).toBe(0);
    expect(fromText('1e-999999999')).toBe(-1);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('toVocPixel', () => {
  it('is undone by fromVocPixel to the bit, for any origin', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (x) => {
        expect(fromText(toVocPixel(x))).toBe(x + 0);
      }),
    );
  });

  it('writes the decimals that are meant', () => {
    expect([0, 127.3, 0.1, 1e-7].map(toVocPixel)).toEqual(['1', '128.3', '1.1', '1.0000001']);
  });
});
