import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError, FileError } from '@featuremine/errors';
import sharp from 'sharp';
import { drawnJpeg, writeDrawnImage } from '../src/draw-detections';

const GREY = { r: 128, g: 128, b: 128 };
const drawing = {
  size: { width: 60, height: 40 },
  classNames: ['a'],
  detections: { boxes: Float32Array.of(10, 20, 50, 35), classIds: Int32Array.of(0), scores: Float32Array.of(0.9) },
};

let folder: string;
let image: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'draw-detections-'));
  image = join(folder, 'image.jpg');
  writeFileSync(image, await photo());
});
afterEach(() => rmSync(folder, { recursive: true }));

const photo = (): Promise<Buffer> =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: GREY } })
    .jpeg()
    .toBuffer();

describe('writeDrawnImage', () => {
  it('draws the boxes in the colour of their class, and leaves the rest as it was', async () => {
    const out = join(folder, 'out.jpg');
    await writeDrawnImage(image, out, drawing);
    const { data, info } = await sharp(out).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 60, height: 40, channels: 3 });
    const pixel = (x: number, y: number): number[] => [...data.subarray((y * 60 + x) * 3, (y * 60 + x) * 3 + 3)];
    expect(pixel(30, 28).every((value) => Math.abs(value - 128) < 12)).toBe(true);
    const [red, green] = pixel(30, 35);
    expect(red - green).toBeGreaterThan(40); // #e6194b, half over the grey
  });

  it('draws into an image that decoding accepts in spite of a warning', async () => {
    const whole = await photo();
    writeFileSync(image, Buffer.concat([whole.subarray(0, 2), Buffer.alloc(3), whole.subarray(2)]));
    await writeDrawnImage(image, join(folder, 'out.jpg'), drawing);
    expect(readdirSync(folder).sort()).toEqual(['image.jpg', 'out.jpg']);
  });

  it('names an image that went away, is damaged or has another size, and a place that cannot be written', async () => {
    const out = join(folder, 'out.jpg');
    const other = { ...drawing, size: { width: 80, height: 90 } };
    await expect(writeDrawnImage(image, out, other)).rejects.toThrow(/image\.jpg: the image has 60x40 pixels/);
    mkdirSync(join(folder, 'taken.jpg'));
    await expect(writeDrawnImage(image, join(folder, 'taken.jpg'), drawing)).rejects.toThrow(FileError);
    writeFileSync(image, (await photo()).subarray(0, 200));
    await expect(drawnJpeg(image, drawing, 30)).rejects.toThrow(/image\.jpg: the image cannot be decoded/);
    rmSync(image);
    await expect(drawnJpeg(image, drawing, 30)).rejects.toThrow(DatasetError);
    expect(readdirSync(folder)).toEqual(['taken.jpg']);
  });
});
