import sharp from 'sharp';
import { Random } from '@featuremine/random';
import { decodeImage } from '../src';
import { decodeJpeg, readJpegHeader } from '../src/decode-jpeg';
import type { ImagePart } from '../src/image';
import { jpegLibrary } from '../src/jpeg-library';
import { picture } from './fixture';

// Optional: where it is not installed, sharp decodes, which other tests cover.
const itWithLibrary = jpegLibrary() === undefined ? it.skip : it;

const { width, height, data } = picture(203, 151);

function pixels(): sharp.Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

describe('decodeJpeg', () => {
  itWithLibrary('gives the pixels of sharp: 4:2:0, 4:4:4, grey and progressive', async () => {
    const files = [
      await pixels().jpeg({ chromaSubsampling: '4:2:0' }).toBuffer(),
      await pixels().jpeg({ chromaSubsampling: '4:4:4', quality: 95 }).toBuffer(),
      await pixels().toColourspace('b-w').jpeg().toBuffer(),
      await pixels().jpeg({ progressive: true }).toBuffer(),
    ];
    for (const file of files) {
      const expected = (await decodeImage(file)).image;
      const image = decodeJpeg(file)!;
      expect([image.width, image.height]).toEqual([width, height]);
      expect(Buffer.compare(image.data, expected.data)).toBe(0);
    }
  });

  itWithLibrary('decodes parts to the pixels of the whole', async () => {
    const random = Random.of(5);
    for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
      const file = await pixels().jpeg({ chromaSubsampling }).toBuffer();
      const whole = decodeJpeg(file)!;
      for (let trial = 0; trial < 20; trial++) {
        const [left, top] = [random.integer(width), random.integer(height)];
        const region = { left, top, width: 1 + random.integer(width - left), height: 1 + random.integer(height - top) };
        const part = decodeJpeg(file, region) as ImagePart;
        expect(part.whole).toEqual({ width, height });
        for (let y = top; y < top + region.height; y++) {
          const from = (y * width + left) * 3;
          const partFrom = ((y - part.top) * part.width + left - part.left) * 3;
          const expected = whole.data.subarray(from, from + region.width * 3);
          expect(Buffer.compare(part.data.subarray(partFrom, partFrom + region.width * 3), expected)).toBe(0);
        }
      }
    }
  });

  itWithLibrary('leaves to sharp what is no ordinary JPEG file, or a damaged one', async () => {
    const file = await pixels().jpeg().toBuffer();
    const cmyk = await pixels().toColourspace('cmyk').jpeg().toBuffer();
    expect(readJpegHeader(file)).toMatchObject({ width, height });
    expect(readJpegHeader(await pixels().png().toBuffer())).toBeUndefined();
    expect(readJpegHeader(cmyk)).toBeUndefined();
    expect(decodeJpeg(cmyk)).toBeUndefined();
    expect(decodeJpeg(file.subarray(0, file.length >> 1))).toBeUndefined();
    expect(decodeJpeg(Buffer.alloc(0))).toBeUndefined();
  });
});
