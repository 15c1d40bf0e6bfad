import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import { decodeImage, readImageSize } from '../src';
import { picture } from './fixture';
import { withScratchFolder } from './scratch';

const rounds = process.env['FEATUREMINE_LONG'] === '1' ? 20_000 : 400;
const slowestMs = 5000;
const mostExtraBytes = 1.5 * 2 ** 30;
jest.setTimeout(600_000);

const side = 24;

function source(channels: 1 | 3 | 4 = 3): Sharp {
  const { data } = picture(side, side);
  const values = new Uint8Array(side * side * channels).map((_, i) => data[i % data.length]);
  return sharp(values, { raw: { width: side, height: side, channels } });
}

/** An image of each kind that people have, and of each that attackers have. */
async function seeds(): Promise<Record<string, Buffer>> {
  const frames = new Uint8Array(side * side * 3 * 5).map((_, i) => (i * 7) % 256);
  const animation = (): Sharp =>
    sharp(frames, { raw: { width: side, height: side * 5, channels: 3, pageHeight: side } });
  return {
    jpeg: await source().jpeg().toBuffer(),
    progressive: await source().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    cmyk: await source().toColourspace('cmyk').jpeg().toBuffer(),
    png: await source().png().toBuffer(),
    interlaced: await source(4).png({ progressive: true }).toBuffer(),
    palette: await source().png({ palette: true, colours: 16 }).toBuffer(),
    deep: await source().toColourspace('rgb16').png().toBuffer(),
    greyDeep: await source(1).toColourspace('grey16').png().toBuffer(),
    gif: await animation().gif().toBuffer(),
    webp: await source(4).webp().toBuffer(),
    animatedWebp: await animation().webp().toBuffer(),
    tiff: await source().tiff({ compression: 'lzw' }).toBuffer(),
    floatTiff: await source().toColourspace('scrgb').tiff().toBuffer(),
    avif: await source().avif({ effort: 0 }).toBuffer(),
  };
}

function damaged(bytes: Buffer, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let k = random.integer(3); k >= 0; k--) {
    // Headers hold sizes and counts: half of the damage goes there.
    const at = random.integer(random.chance(0.5) ? Math.min(64, result.length) : result.length);
    const end = Math.min(result.length, at + random.integer(16));
    const parts: Record<number, Buffer[]> = {
      0: [result.subarray(0, at)],
      1: [result.subarray(0, at), result.subarray(end)],
      2: [result.subarray(0, end), result.subarray(at)],
      3: [result.subarray(0, at), Buffer.alloc(4, random.pick([0, 1, 0x7f, 0xff])), result.subarray(at + 4)],
    };
    const changed = parts[random.integer(5)];
    if (changed === undefined) result[at] = random.integer(256);
    else result = Buffer.concat(changed);
    if (result.length === 0) break;
  }
  return result;
}

async function outcome(bytes: Uint8Array, what: string): Promise<'decoded' | 'refused'> {
  const startMs = performance.now();
  try {
    const { image, originalSize } = await decodeImage(bytes, { where: what });
    expect(image.data.length).toBe(image.width * image.height * 3);
    expect([image.width, image.height]).toEqual([originalSize.width, originalSize.height]);
    return 'decoded';
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    expect(error.message.startsWith(what)).toBe(true);
    return 'refused';
  } finally {
    if (performance.now() - startMs > slowestMs) throw new Error(`${what} took ${performance.now() - startMs} ms`);
  }
}

describe('decodeImage on damaged files', () => {
  it(`gives all pixels or a DatasetError in ${rounds} rounds, within bounds of time and memory`, async () => {
    const kinds = Object.entries(await seeds());
    const random = Random.of(51, 'images');
    for (const [kind, bytes] of kinds) expect([kind, await outcome(bytes, kind)]).toEqual([kind, 'decoded']);
    const before = process.memoryUsage().rss;
    const counts = { decoded: 0, refused: 0 };
    for (let round = 0; round < rounds; round++) {
      const [kind, bytes] = kinds[round % kinds.length];
      counts[await outcome(damaged(bytes, random), `${kind} ${round}`)]++;
    }
    expect(Math.min(counts.decoded, counts.refused)).toBeGreaterThan(rounds / 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(mostExtraBytes);
  });

  it('takes the first picture of an animation, and of pages', async () => {
    const { gif, animatedWebp } = await seeds();
    for (const bytes of [gif, animatedWebp]) {
      const { image } = await decodeImage(bytes);
      expect([image.width, image.height]).toEqual([side, side]);
    }
  });
});

describe('decodeImage on bombs', () => {
  /** A small file of a large picture. */
  const bomb = (pixels: number): Sharp =>
    sharp({ create: { width: pixels, height: pixels, channels: 3, background: '#fff' }, limitInputPixels: false });

  it('refuses pictures of more pixels than the limit by their headers', async () => {
    const png = await source().png().toBuffer();
    for (const [width, height] of [
      [12_000, 12_000],
      [0x7fffffff, 0x7fffffff],
      [0x7fffffff, 1],
    ]) {
      const claim = Buffer.from(png);
      claim.writeUInt32BE(width, 16);
      claim.writeUInt32BE(height, 20);
      expect(await outcome(claim, 'claim')).toBe('refused');
    }
    const startMs = performance.now();
    await expect(decodeImage(await bomb(16_000).jpeg().toBuffer())).rejects.toThrow(/pixel/);
    expect(performance.now() - startMs).toBeLessThan(30_000);
  });

  it('shrinks a picture of 100 million pixels without holding all of them', async () => {
    const bytes = await bomb(10_000).png().toBuffer();
    expect(bytes.length).toBeLessThan(400_000);
    const before = process.memoryUsage().rss;
    const { image, originalSize } = await decodeImage(bytes, { sizeFor: () => ({ width: 64, height: 64 }) });
    expect([image.width, originalSize.width]).toEqual([64, 10_000]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });
});

describe('decodeImage and readImageSize on paths that are no images', () => {
  it('name pipes, devices, folders and files that are too large, without reading them', async () => {
    await withScratchFolder(async (folder) => {
      const pipe = join(folder, 'pipe.jpg');
      execFileSync('mkfifo', [pipe]);
      const large = join(folder, 'large.jpg');
      writeFileSync(large, '');
      truncateSync(large, 600 * 2 ** 20);
      const cases: [string, RegExp][] = [
        [pipe, /pipe\.jpg: no plain file, expected an image/],
        ['/dev/zero', /no plain file/],
        [folder, /a folder, expected an image/],
        [large, /629145600 bytes, expected an image of at most 536870912/],
      ];
      for (const [path, message] of cases) {
        await expect(decodeImage(path)).rejects.toThrow(message);
        await expect(readImageSize(path)).rejects.toThrow(message);
      }
    });
  });

  it('find the size of a picture whose header is long', async () => {
    await withScratchFolder(async (folder) => {
      const path = join(folder, 'long.jpg');
      const jpeg = await source().jpeg().toBuffer();
      const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(0xfffd)]);
      writeFileSync(path, Buffer.concat([jpeg.subarray(0, 2), ...Array<Buffer>(6).fill(comment), jpeg.subarray(2)]));
      expect(await readImageSize(path)).toEqual({ width: side, height: side });
    });
  });
});
