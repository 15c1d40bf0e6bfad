import { Random } from '@featuremine/random';
import { drawResizedCrop } from '../src';

const options = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } as const;

describe('drawResizedCrop', () => {
  it('stays in the image, with areas and aspects in their ranges', () => {
    const image = { width: 500, height: 375 };
    let areaSum = 0;
    for (let i = 0; i < 2000; i++) {
      const { left, top, width, height } = drawResizedCrop(image, options, Random.of('crop', i));
      expect(left >= 0 && top >= 0 && left + width <= 500 && top + height <= 375).toBe(true);
      expect(Number.isInteger(left + top + width + height)).toBe(true);
      const aspect = width / height;
      expect(aspect > 0.74 && aspect < 1.35).toBe(true);
      areaSum += (width * height) / (500 * 375);
    }
    // The scales' mean is 0.54, but large areas of unfit aspect are drawn again: torchvision 0.29.2 has 0.434 (100,000
    // draws); the deviation of the mean of 2,000 draws is 0.005.
    expect(areaSum / 2000).toBeGreaterThan(0.418);
    expect(areaSum / 2000).toBeLessThan(0.448);
  });

  it('takes the central square-ish part of an image that is too long', () => {
    const full = { scale: [1, 1], ratio: [3 / 4, 4 / 3] } as const;
    // No region of the whole area has an aspect below 4/3: 30·4/3 = 40 wide, (1000 − 40)/2 from the left.
    expect(drawResizedCrop({ width: 1000, height: 30 }, full, Random.of(1))).toEqual({
      ...{ left: 480, top: 0, width: 40, height: 30 },
    });
    expect(drawResizedCrop({ width: 30, height: 1000 }, full, Random.of(1))).toEqual({
      ...{ left: 0, top: 480, width: 30, height: 40 },
    });
  });
});
