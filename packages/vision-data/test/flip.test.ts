import fc from 'fast-check';
import { flipBoxes, flipBoxesVertically, flipImage, flipImageVertically } from '../src';

describe('flipImage', () => {
  it('mirrors each row and keeps the colours together', () => {
    const image = { width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) };
    expect([...flipImage(image).data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  });
});

describe('flipImageVertically', () => {
  it('turns the order of the rows', () => {
    const image = { width: 1, height: 3, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) };
    expect([...flipImageVertically(image).data]).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3]);
  });
});

describe('flipBoxesVertically', () => {
  it('keeps the height and mirrors the place: [2, 1, 5, 9] in 20 pixels is [2, 11, 5, 19]', () => {
    expect([...flipBoxesVertically(Float32Array.of(2, 1, 5, 9), 20)]).toEqual([2, 11, 5, 19]);
  });
});

describe('flipBoxes', () => {
  it('keeps the width and mirrors the place: [2, 1, 5, 9] in 20 pixels is [15, 1, 18, 9]', () => {
    expect([...flipBoxes(Float32Array.of(2, 1, 5, 9), 20)]).toEqual([15, 1, 18, 9]);
  });

  it('is its own inverse', () => {
    const coordinate = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate, coordinate, coordinate)), (boxes) => {
        const flat = Float32Array.from(boxes.flat());
        expect(flipBoxes(flipBoxes(flat, 100), 100)).toEqual(flat);
      }),
    );
  });
});
