import { join } from 'node:path';
import { decodeImage } from '@featuremine/vision-data';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { chromiumPath } from './support/chromium-page';

jest.setTimeout(60_000);

const WIDTH = 101;
const HEIGHT = 67;

declare const decoding: {
  decodePicture(picture: Blob): Promise<{ width: number; height: number; data: Uint8Array }>;
};

/** Waves and edges in all colours, so that every way of enlarging chroma gives other values. */
function drawing(): sharp.Sharp {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH), i % 3];
    const wave = 128 + 100 * Math.sin((x * (channel + 1)) / 9 + y / 7);
    return (x + 2 * y) % 40 < 6 ? 255 * Number(channel === y % 3) : wave;
  });
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('decodePicture in Chromium', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const entry = join(__dirname, '../src/worker/decode-picture.ts');
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      format: 'iife',
      globalName: 'decoding',
      write: false,
    });
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
    page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0].text });
  });
  afterAll(() => browser?.close());

  /** How far the browser's pixels are from those that Node reads. */
  async function difference(bytes: Buffer): Promise<{ size: string; largest: number; mean: number }> {
    const { image } = await decodeImage(bytes);
    const found = await page.evaluate(async (text) => {
      const blob = new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
      const { width, height, data } = await decoding.decodePicture(blob);
      return { width, height, data: [...data] };
    }, bytes.toString('base64'));
    if (found.data.length !== image.data.length) throw new Error(`${found.width}x${found.height} pixels`);
    const apart = found.data.map((value, i) => Math.abs(value - image.data[i]));
    const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
    return { size: `${found.width}x${found.height}`, largest: Math.max(...apart), mean };
  }

  it.each<[string, () => sharp.Sharp]>([
    ['PNG', () => drawing().png()],
    ['PNG of 16 bits', () => drawing().toColourspace('rgb16').png()],
    ['PNG of a palette', () => drawing().png({ palette: true })],
    ['PNG with a colour profile', () => drawing().withIccProfile('p3').png()],
    ['JPEG, 4:2:0', () => drawing().jpeg({ quality: 60, chromaSubsampling: '4:2:0' })],
    ['JPEG, 4:4:4', () => drawing().jpeg({ quality: 90, chromaSubsampling: '4:4:4' })],
    ['JPEG, progressive', () => drawing().jpeg({ progressive: true })],
    ['JPEG, grey', () => drawing().greyscale().jpeg()],
    ['JPEG with a colour profile', () => drawing().withIccProfile('p3').jpeg()],
    ['WebP', () => drawing().webp({ quality: 70 })],
    ['GIF', () => drawing().gif()],
  ])('gives the very pixels that Node reads: %s', async (_what, picture) => {
    const found = await difference(await picture().toBuffer());
    expect(found).toEqual({ size: `${WIDTH}x${HEIGHT}`, largest: 0, mean: 0 });
  });

  it('rounds AVIF another way', async () => {
    expect((await difference(await drawing().avif({ quality: 60 }).toBuffer())).largest).toBeLessThanOrEqual(2);
  });

  it('turns photos as their EXIF data says, which Node does not', async () => {
    const turned = await drawing().withMetadata({ orientation: 6 }).png().toBuffer();
    const [upright, expected] = [await drawing().rotate(90).png().toBuffer(), `${HEIGHT}x${WIDTH}`];
    const size = await page.evaluate(async (text) => {
      const blob = new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
      const { width, height } = await decoding.decodePicture(blob);
      return `${width}x${height}`;
    }, turned.toString('base64'));
    expect([size, (await difference(upright)).size]).toEqual([expected, expected]);
    expect((await decodeImage(turned)).image).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  it('mixes transparent pixels with black', async () => {
    const data = Buffer.from([200, 100, 50, 0, 200, 100, 50, 128, 200, 100, 50, 255]);
    const picture = await sharp(data, { raw: { width: 3, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    const pixels = await page.evaluate(async (text) => {
      const blob = new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
      return [...(await decoding.decodePicture(blob)).data];
    }, picture.toString('base64'));
    expect(pixels.slice(0, 3)).toEqual([0, 0, 0]);
    expect(pixels.slice(3, 6).map((value) => Math.round(value / 10))).toEqual([10, 5, 3]);
    expect(pixels.slice(6)).toEqual([200, 100, 50]);
  });
});
