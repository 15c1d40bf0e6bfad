import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { DatasetError } from '@featuremine/errors';
import { decodeImage, readImageSize, resizeSmooth } from '../src';
import { picture } from './fixture';
import { DATA_FOLDER, itWithData, withScratchFolder } from './scratch';

const source = picture(8, 6);

function pixels(data: Uint8Array = source.data): Sharp {
  return sharp(data, { raw: { width: 8, height: 6, channels: 3 } });
}

describe('decodeImage', () => {
  it('reads PNG, palette, 16-bit and lossless WebP images to the same pixels', async () => {
    const files = [
      await pixels().png().toBuffer(),
      await pixels().png({ palette: true, colours: 256 }).toBuffer(),
      await pixels().toColourspace('rgb16').png().toBuffer(),
      await pixels().webp({ lossless: true }).toBuffer(),
    ];
    for (const file of files) {
      const { image, originalSize } = await decodeImage(file);
      expect(originalSize).toEqual({ width: 8, height: 6 });
      expect([...image.data]).toEqual([...source.data]);
    }
  });

  it('drops an alpha channel without blending', async () => {
    const file = await pixels().ensureAlpha(0.3).png().toBuffer();
    expect([...(await decodeImage(file)).image.data]).toEqual([...source.data]);
  });

  it('gives a grey image, of 8 or 16 bits, three equal channels', async () => {
    const values = Uint8Array.from({ length: 48 }, (_, i) => i * 5);
    const grey = sharp(values, { raw: { width: 8, height: 6, channels: 1 } });
    const files = [
      await grey.clone().toColourspace('b-w').png().toBuffer(),
      await grey.clone().toColourspace('grey16').png().toBuffer(),
    ];
    for (const file of files) {
      expect((await sharp(file).metadata()).channels).toBe(1);
      expect([...(await decodeImage(file)).image.data]).toEqual([...values].flatMap((value) => [value, value, value]));
    }
  });

  it('converts CMYK to three channels near the colours meant', async () => {
    const flat = new Uint8Array(8 * 6 * 3).map((_, i) => [200, 60, 40][i % 3]);
    const file = await pixels(flat).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(file).metadata()).space).toBe('cmyk');
    const { data } = (await decodeImage(file)).image;
    expect(data.length).toBe(144);
    expect(Math.abs(data[0] - 200)).toBeLessThan(40);
    expect(data[0]).toBeGreaterThan(data[1] + 60);
  });

  it('does not turn pixels by EXIF', async () => {
    const file = await pixels().jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
    const { image } = await decodeImage(file);
    expect([image.width, image.height]).toEqual([8, 6]);
  });

  it('goes by the content, not by the name', async () => {
    await withScratchFolder(async (folder) => {
      const path = join(folder, 'really-a-png.jpg');
      writeFileSync(path, await pixels().png().toBuffer());
      expect([...(await decodeImage(path)).image.data]).toEqual([...source.data]);
    });
  });

  it('resizes while decoding to the size that it is asked for', async () => {
    const file = await sharp({ create: { width: 400, height: 200, channels: 3, background: '#336699' } })
      .jpeg({ quality: 100 })
      .toBuffer();
    const sizeFor = ({ width, height }: { width: number; height: number }) => ({
      width: width / 8,
      height: height / 8 + 3,
    });
    const { image, originalSize } = await decodeImage(file, { sizeFor });
    expect(originalSize).toEqual({ width: 400, height: 200 });
    expect([image.width, image.height]).toEqual([50, 28]);
    // JPEG stores luma and chroma as whole numbers: one step off.
    [0x33, 0x66, 0x99].forEach((value, c) => expect(Math.abs(image.data[c] - value)).toBeLessThanOrEqual(1));
  });

  it('shrinks and enlarges in place: the same picture as resizeSmooth makes of all pixels', async () => {
    const { width, height } = { width: 120, height: 80 };
    const waves = new Uint8Array(width * height * 3).map((_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      return 128 + 60 * Math.sin(x / 6) + 60 * Math.cos(y / 5);
    });
    const file = await sharp(waves, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    for (const scale of [0.3, 0.75, 1.6]) {
      const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
      const { image } = await decodeImage(file, { sizeFor: () => size });
      const differenceFrom = (shift: number): number => {
        const region = { left: shift, top: shift, width, height };
        const { data } = resizeSmooth({ width, height, data: waves }, size, region);
        return data.reduce((sum, value, i) => sum + Math.abs(value - image.data[i]), 0) / data.length;
      };
      // Half an input pixel aside is 2 to 4 in the mean.
      expect([scale, differenceFrom(0) < 0.5, differenceFrom(0.5) > 1.5, differenceFrom(-0.5) > 1.5]).toEqual([
        ...[scale, true, true, true],
      ]);
    }
  });

  it('names the file and the cause of what it cannot read', async () => {
    await withScratchFolder(async (folder) => {
      const whole = await sharp(picture(200, 200).data, { raw: { width: 200, height: 200, channels: 3 } })
        .jpeg()
        .toBuffer();
      const files: Record<string, [Buffer | undefined, RegExp]> = {
        'missing.jpg': [undefined, /missing\.jpg: there is no such file/],
        'empty.jpg': [Buffer.alloc(0), /empty\.jpg: the image cannot be decoded/],
        'text.jpg': [Buffer.from('not an image'), /text\.jpg: the image cannot be decoded/],
        'cut.jpg': [whole.subarray(0, whole.length >> 1), /cut\.jpg: the image cannot be decoded/],
        'drawing.jpg': [
          Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
          /drawing\.jpg: the content is svg/,
        ],
      };
      for (const [name, [bytes, message]] of Object.entries(files)) {
        const path = join(folder, name);
        if (bytes !== undefined) writeFileSync(path, bytes);
        const failure = decodeImage(path);
        await expect(failure).rejects.toThrow(message);
        await expect(failure).rejects.toBeInstanceOf(DatasetError);
      }
    });
  });

  it('refuses another size than the annotation’s, and says when EXIF turns the image', async () => {
    const file = await pixels().jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const decoded = decodeImage(file, { where: 'a.jpg', expectedSize: { width: 6, height: 8 } });
    await expect(decoded).rejects.toThrow(/a\.jpg: the image has 8x6 pixels, expected 6x8 .*EXIF orientation \(6\)/);
    const other = decodeImage(file, { where: 'a.jpg', expectedSize: { width: 9, height: 6 } });
    await expect(other).rejects.toThrow(/8x6 pixels, expected 9x6 as in its annotation\. Correct/);
  });

  itWithData('imagenet-sample')(
    'gives the pixels of Pillow on real photographs, grey and with a profile too',
    async () => {
      // md5 of numpy.asarray(Image.open(file).convert('RGB')) with Pillow 13.0.0.
      const expected: Record<string, string> = {
        'n02692877_airship.JPEG': 'c64704ddbd9a5fcf58e506078d5d6873',
        'n01592084_chickadee.JPEG': '6f9a3e10fd6b8f9ae8da340fd7337bcf',
        'n01440764_tench.JPEG': '1f71d22308c07b37700d3544714b540c',
      };
      for (const [name, md5] of Object.entries(expected)) {
        const { image } = await decodeImage(join(DATA_FOLDER, 'imagenet-sample', name));
        expect([name, createHash('md5').update(image.data).digest('hex')]).toEqual([name, md5]);
      }
    },
  );
});

describe('readImageSize', () => {
  it('reads the size without decoding', async () => {
    await withScratchFolder(async (folder) => {
      const path = join(folder, 'a.png');
      writeFileSync(path, await pixels().png().toBuffer());
      expect(await readImageSize(path)).toEqual({ width: 8, height: 6 });
    });
  });
});
