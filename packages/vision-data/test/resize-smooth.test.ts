import { largestDifference } from '../../../test/support/distance';
import { cropImage } from '../src/crop-image';
import { flipImage, resizeSmooth } from '../src';
import { neededPart } from '../src/resize-smooth';
import { bytesOf, picture, torchvision } from './fixture';

describe('resizeSmooth', () => {
  it('is Pillow’s bilinear resize within its rounding', () => {
    for (const { size, to, values } of torchvision.smooth) {
      const { data } = resizeSmooth(picture(...size), { width: to[0], height: to[1] });
      // Pillow rounds to 8 bits after each of the two passes.
      expect(largestDifference(data, bytesOf(values))).toBeLessThanOrEqual(1);
    }
  });

  it('takes the mean of each pair when halving a row of pairs apart', () => {
    // Four pixels 0, 0, 100, 100 → the triangle of half-width 2 reaches the neighbours: (1·0 + 3·0 + 3·100·⅓ …)/…
    const image = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 100, 100, 100) };
    expect([...resizeSmooth(image, { width: 1, height: 1 }).data]).toEqual([50, 50, 50]);
  });

  it('cuts out a region exactly when the size stays', () => {
    const image = picture(9, 7);
    const region = { left: 2, top: 1, width: 3, height: 4 };
    const { data } = resizeSmooth(image, { width: 3, height: 4 }, region);
    const expected: number[] = [];
    for (let y = 1; y < 5; y++) expected.push(...image.data.subarray((y * 9 + 2) * 3, (y * 9 + 5) * 3));
    expect([...data]).toEqual(expected);
  });

  it('keeps a constant image constant', () => {
    const image = { width: 50, height: 37, data: new Uint8Array(50 * 37 * 3).fill(137) };
    const { data } = resizeSmooth(image, { width: 23, height: 64 }, { left: 3.3, top: 2.7, width: 40.1, height: 30 });
    expect(new Set(data)).toEqual(new Set([137]));
  });

  it('mirrors on request', () => {
    const image = picture(40, 30);
    const region = { left: 3, top: 4, width: 25, height: 20 };
    const size = { width: 17, height: 19 };
    expect(resizeSmooth(image, size, region, true)).toEqual(flipImage(resizeSmooth(image, size, region)));
  });

  it('gives the same from the part of an image that it needs', () => {
    const whole = picture(80, 60);
    for (const region of [
      { left: 30, top: 21, width: 11, height: 17 },
      { left: 0.5, top: 1.25, width: 70.5, height: 58 },
    ]) {
      const size = { width: 13, height: 24 };
      const { left, top, width, height } = neededPart(region, size, whole);
      const part = { ...cropImage(whole, [left, top, width, height]), left, top, whole: { width: 80, height: 60 } };
      expect(resizeSmooth(part, size, region)).toEqual(resizeSmooth(whole, size, region));
    }
  });
});
