import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import sharp from 'sharp';
import { EXAMPLE_JPEG, jpegDataUri, type DecodedImage } from '../src';

const PREFIX = 'data:image/jpeg;base64,';
const bytesOf = (uri: string): Buffer => Buffer.from(uri.slice(PREFIX.length), 'base64');

/** What no compression makes small. */
function noise(width: number, height: number): DecodedImage {
  const random = Random.of(0, 'noise');
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)) };
}

describe('jpegDataUri', () => {
  it('makes the longer side as small as asked, and no image larger', async () => {
    const sizes = [
      { width: 800, height: 400 },
      { width: 32, height: 20 },
    ];
    const made = await Promise.all(
      sizes.map(({ width, height }) => jpegDataUri(noise(width, height), { maxSidePx: 320 })),
    );
    expect(made.every((uri) => uri.startsWith(PREFIX))).toBe(true);
    const [large, small] = await Promise.all(made.map((uri) => sharp(bytesOf(uri)).metadata()));
    expect(large).toMatchObject({ format: 'jpeg', width: 320, height: 160 });
    expect(small).toMatchObject({ width: 32, height: 20 });
  });

  it('takes no more bytes than asked: noise loses quality, then size', async () => {
    const image = noise(600, 600);
    for (const maxBytes of [EXAMPLE_JPEG.maxBytes, 3000, 700]) {
      const bytes = bytesOf(await jpegDataUri(image, { maxSidePx: 320, maxBytes }));
      expect(bytes.length).toBeLessThanOrEqual(maxBytes);
      expect((await sharp(bytes).metadata()).format).toBe('jpeg');
    }
  });

  it('ends with the smallest image where nothing is small enough', async () => {
    const bytes = bytesOf(await jpegDataUri(noise(64, 64), { maxSidePx: 320, maxBytes: 1 }));
    expect((await sharp(bytes).metadata()).width).toBe(1);
  });

  it('reads files, grey and transparent ones too, as three channels', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jpeg-data-uri-'));
    try {
      const path = join(folder, 'image.png');
      const red = { r: 200, g: 30, b: 20, alpha: 1 };
      await sharp({ create: { width: 40, height: 30, channels: 4, background: red } })
        .png()
        .toFile(path);
      const { data, info } = await sharp(bytesOf(await jpegDataUri(path, { maxSidePx: 320 })))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info).toMatchObject({ width: 40, height: 30, channels: 3 });
      [200, 30, 20].forEach((value, channel) => expect(Math.abs(data[channel] - value)).toBeLessThan(6)); // JPEG's loss
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('shows a file that decoding accepts in spite of a warning, and names one that it refuses', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jpeg-data-uri-'));
    try {
      const { width, height, data } = noise(40, 30);
      const whole = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg()
        .toBuffer();
      const path = join(folder, 'image.jpg');
      // Stray bytes before the first segment: a warning of libjpeg.
      writeFileSync(path, Buffer.concat([whole.subarray(0, 2), Buffer.alloc(3), whole.subarray(2)]));
      await expect(sharp(path).raw().toBuffer()).rejects.toThrow(/extraneous/);
      expect(await jpegDataUri(path, { maxSidePx: 320 })).toContain(PREFIX);
      writeFileSync(path, whole.subarray(0, whole.length / 2));
      const cut = jpegDataUri(path, { maxSidePx: 320 });
      await expect(cut).rejects.toThrow(DatasetError);
      await expect(cut).rejects.toThrow(/image\.jpg: the image cannot be decoded/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
