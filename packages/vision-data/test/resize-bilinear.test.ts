import { largestDifference } from '../../../test/support/distance';
import { flipImage, resizeBilinear } from '../src';
import { floatsOf, picture, torchvision } from './fixture';

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

describe('resizeBilinear', () => {
  it('is the resize of torchvision’s detection transform, normalised after instead of before', () => {
    const { batch } = torchvision;
    const expected = floatsOf(batch.values);
    const [, paddedHeight, paddedWidth] = batch.shape;
    const actual = new Float32Array(expected.length);
    batch.sizes.forEach(([width, height], n) => {
      const [resizedHeight, resizedWidth] = batch.imageSizes[n];
      const { data } = resizeBilinear(picture(width, height), { width: resizedWidth, height: resizedHeight });
      for (let y = 0; y < resizedHeight; y++) {
        for (let x = 0; x < resizedWidth * 3; x++) {
          const value = (data[y * resizedWidth * 3 + x] / 255 - MEAN[x % 3]) / STD[x % 3];
          actual[(n * paddedHeight + y) * paddedWidth * 3 + x] = value;
        }
      }
    });
    // Values reach 2.6 and neighbours differ by up to 4: float32 rounding of a few operations, and of the places.
    expect(largestDifference(actual, expected)).toBeLessThan(1e-5);
  });

  it('places the columns of a wide image as torch does in float32', () => {
    const { size, to, values } = torchvision.wide;
    const { data } = resizeBilinear(picture(...size), { width: to[0], height: to[1] });
    const expected = floatsOf(values);
    // Values of 0…1; in double arithmetic the places of the right end differ by 5e-5.
    expect(
      largestDifference(
        data.map((value) => value / 255),
        expected,
      ),
    ).toBeLessThan(1e-6);
  });

  it('leaves an image of the wanted size as it is', () => {
    const image = picture(5, 4);
    expect([...resizeBilinear(image, image).data]).toEqual([...image.data]);
  });

  it('mirrors on request', () => {
    const image = picture(23, 17);
    const size = { width: 31, height: 12 };
    expect(resizeBilinear(image, size, { isMirrored: true })).toEqual(flipImage(resizeBilinear(image, size)));
  });

  it('gives the mean of the middle pixels when halving, without antialiasing', () => {
    const image = { width: 4, height: 1, data: Uint8Array.of(0, 0, 0, 10, 10, 10, 20, 20, 20, 90, 90, 90) };
    expect([...resizeBilinear(image, { width: 2, height: 1 }).data]).toEqual([5, 5, 5, 55, 55, 55]);
  });
});
