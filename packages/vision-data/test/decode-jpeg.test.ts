import sharp from 'sharp';
import { Random } from '@featuremine/random';
import { decodeImage } from '../src';
import { decodeJpeg, readJpegHeader } from '../src/decode-jpeg';
import type { ImagePart } from '../src/image';
import { jpegLibrary, JpegParameter } from '../src/jpeg-library';
import { picture } from './fixture';

// Optional: where it is not installed, sharp decodes, which other tests cover.
const itWithLibrary = jpegLibrary() === undefined ? it.skip : it;

const { width, height, data } = picture(203, 151);

function pixels(): sharp.Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const rounds = process.env['FEATUREMINE_LONG'] === '1' ? 50_000 : 1_000;

/** The file with some bytes changed, cut out or doubled; half of that in its headers. */
function damaged(file: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(file);
  for (let k = random.integer(3); k >= 0 && bytes.length > 0; k--) {
    const at = random.integer(random.chance(0.5) ? Math.min(700, bytes.length) : bytes.length);
    const end = Math.min(bytes.length, at + random.integer(16));
    const kind = random.integer(5);
    if (kind === 0) bytes = bytes.subarray(0, at);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    else bytes[at] = random.pick([0, 1, 0x7f, 0xff, random.integer(256)]);
  }
  return bytes;
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

  itWithLibrary('decodes the next file after any fault of one', async () => {
    const file = await pixels().jpeg().toBuffer();
    const random = Random.of(53, 'faults');
    for (let round = 0; round < 200; round++) {
      const bad = Buffer.from(file);
      bad[random.integer(700)] ^= 1 << random.integer(8);
      decodeJpeg(bad);
      expect(decodeJpeg(file)).toBeDefined();
    }
  });

  itWithLibrary('tells the library how many scans are too many', async () => {
    expect(decodeJpeg(await pixels().jpeg({ progressive: true }).toBuffer())).toBeDefined();
    const { handle, Get } = jpegLibrary()!;
    expect(Get(handle, JpegParameter.scanLimit)).toBe(500);
  });

  itWithLibrary(
    `gives whole pictures or nothing for ${rounds} damaged files, in bounds of time and memory`,
    async () => {
      const random = Random.of(52, 'jpeg');
      const small = picture(41, 33);
      const source = (): sharp.Sharp => sharp(small.data, { raw: { width: 41, height: 33, channels: 3 } });
      const files = [
        await source().jpeg({ chromaSubsampling: '4:2:0' }).toBuffer(),
        await source().jpeg({ chromaSubsampling: '4:4:4', progressive: true }).toBuffer(),
        await source().jpeg({ progressive: true, optimiseScans: true }).toBuffer(),
        await source().toColourspace('b-w').jpeg().toBuffer(),
      ];
      const counts = { decoded: 0, refused: 0 };
      const before = process.memoryUsage().rss;
      for (let round = 0; round < rounds; round++) {
        const file = damaged(files[round % files.length], random);
        const header = readJpegHeader(file);
        // As decodeImage does: what is too large is not even begun.
        if (header === undefined || header.width * header.height > 4_000_000) {
          counts.refused++;
          continue;
        }
        const startMs = performance.now();
        const region = random.chance(0.5) ? { left: 3, top: 5, width: 9, height: 11 } : undefined;
        const isWithin = region === undefined || (header.width >= 12 && header.height >= 16);
        const image = decodeJpeg(file, isWithin ? region : undefined);
        if (image !== undefined) expect(image.data.length).toBe(3 * image.width * image.height);
        counts[image === undefined ? 'refused' : 'decoded']++;
        if (performance.now() - startMs > 10_000)
          throw new Error(`${performance.now() - startMs} ms: ${file.toString('hex')}`);
      }
      expect(Math.min(counts.decoded, counts.refused)).toBeGreaterThan(rounds / 20);
      expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 30);
    },
    600_000,
  );
});
