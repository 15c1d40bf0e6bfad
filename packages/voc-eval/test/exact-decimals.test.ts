import fc from 'fast-check';
import { cocoBox, shortestStep } from '../src/exact-decimals';

const coordinate = fc.integer({ min: 0, max: 4_000_000 }).map((n) => n / 1000);

describe('cocoBox', () => {
  it('gives stated origins and sizes of three decimals back, through corners and through VOC', () => {
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, coordinate, (x, y, w, h) => {
        expect(cocoBox(x, y, x + w, y + h)).toEqual([x, y, w, h]);
        const throughVoc = [x + 1 - 1, y + 1 - 1] as const; // what a VOC file's xmin, less one, gives
        expect(cocoBox(...throughVoc, x + w, y + h)).toEqual([x, y, w, h]);
      }),
    );
  });

  it('gives corners back to the bit, for any finite box', () => {
    const any = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(any, any, any, any, (xmin, ymin, width, height) => {
        const [x2, y2] = [xmin + 1 + width, ymin + 1 + height];
        const [x, y, w, h] = cocoBox(xmin + 1 - 1, ymin + 1 - 1, x2, y2);
        expect([x + 1, y + 1]).toEqual([xmin + 1, ymin + 1]);
        expect([x + w, y + h]).toEqual([x2, y2]);
      }),
    );
  });
});

describe('shortestStep', () => {
  it('is the number with fewest digits that leads from one to the other', () => {
    const sum = 10.3 + 25.6;
    expect(sum - 10.3).not.toBe(25.6);
    expect(shortestStep(10.3, sum)).toBe(25.6);
    expect(shortestStep(2, 7)).toBe(5);
  });
});
