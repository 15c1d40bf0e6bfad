import sharp from 'sharp';
import { Random } from '@featuremine/random';
import { resizeLikeDecoding, resizeSmooth, shrinkLikeLibvips } from '../src';
import type { DecodedImage, ImageSize } from '../src';

/** Noise shows every difference of two filters. */
function noise({ width, height }: ImageSize): DecodedImage {
  const random = Random.of(1, 'noise', width, height);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)) };
}

async function bySharp({ width, height, data }: DecodedImage, size: ImageSize): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return image.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
}

describe('shrinkLikeLibvips', () => {
  it.each([
    ['by little', [203, 151], [190, 140]],
    ['to a half', [200, 150], [100, 75]],
    ['by 3.9, without a step of means', [301, 273], [77, 70]],
    ['by more than 4, in steps of 2', [301, 273], [70, 64]],
    ['by 7, in steps of 3', [420, 301], [60, 43]],
    ['by 21, in steps of 10', [420, 430], [20, 20]],
    ['along one axis', [120, 90], [120, 31]],
    ['not at all', [31, 17], [31, 17]],
    ['by a different factor each way', [400, 90], [33, 80]],
  ] as const)('gives the values of sharp: %s', async (_what, [width, height], [toWidth, toHeight]) => {
    const image = noise({ width, height });
    const size = { width: toWidth, height: toHeight };
    expect(Buffer.from(shrinkLikeLibvips(image, size).data).equals(await bySharp(image, size))).toBe(true);
  });

  it('differs from sharp by at most 1 in sizes drawn at random, and in few of them', async () => {
    const random = Random.of(2);
    let different = 0;
    for (let round = 0; round < 40; round++) {
      const image = noise({ width: 20 + random.integer(200), height: 20 + random.integer(200) });
      const size = { width: 1 + random.integer(image.width), height: 1 + random.integer(image.height) };
      const expected = await bySharp(image, size);
      const { data } = shrinkLikeLibvips(image, size);
      const largest = data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
      expect(largest).toBeLessThanOrEqual(1);
      if (largest > 0) different++;
    }
    expect(different).toBeLessThanOrEqual(2);
  });

  it('refuses to enlarge', () => {
    expect(() => shrinkLikeLibvips(noise({ width: 4, height: 4 }), { width: 5, height: 4 })).toThrow('4x4');
  });
});

describe('resizeLikeDecoding', () => {
  it('shrinks as libvips and enlarges smoothly', () => {
    const image = noise({ width: 24, height: 20 });
    const [smaller, larger] = [
      { width: 11, height: 20 },
      { width: 25, height: 10 },
    ];
    expect(resizeLikeDecoding(image, smaller)).toEqual(shrinkLikeLibvips(image, smaller));
    expect(resizeLikeDecoding(image, larger)).toEqual(resizeSmooth(image, larger));
  });
});
