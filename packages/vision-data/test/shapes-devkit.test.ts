import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImageSet } from '@featuremine/voc';
import { detectionSamplesOf, makeShapesDevkit, readImageSize } from '../src';
import { withScratchFolder } from './scratch';

const options = { seed: 4, counts: { train: 5, val: 2, test: 3 }, imageSides: [64, 90] } as const;

describe('makeShapesDevkit', () => {
  it('writes a devkit that the VOC reader takes without a fault', async () => {
    await withScratchFolder(async (folder) => {
      const made = await makeShapesDevkit({ ...options, folder });
      const [trainval, test] = ['2007/trainval', '2007/test'].map((sets) => readImageSet(folder, sets));
      expect([trainval.images.length, test.images.length, made.imageCount]).toEqual([7, 3, 10]);
      expect(trainval.report.objectCount + test.report.objectCount).toBe(made.objectCount);
      expect([trainval.report.faults, test.report.faults]).toEqual([[], []]);
      for (const image of [...trainval.images, ...test.images]) {
        expect(await readImageSize(image.imagePath)).toEqual({ width: image.widthPx, height: image.heightPx });
        expect(image.widthPx >= 64 && image.widthPx <= 90).toBe(true);
        expect(image.objects.length).toBeGreaterThanOrEqual(1);
      }
    });
  });

  it('makes the same files from the same seed, and other ones from another', async () => {
    const contents = async (seed: number): Promise<string[]> =>
      withScratchFolder(async (folder) => {
        await makeShapesDevkit({ ...options, counts: { train: 2 }, seed, folder, format: 'png' });
        return ['JPEGImages', 'Annotations'].flatMap((name) => {
          const below = join(folder, 'VOC2007', name);
          return readdirSync(below).map((file) => file + readFileSync(join(below, file)).toString('base64'));
        });
      });
    const first = await contents(4);
    expect(first.length).toBe(4);
    expect(await contents(4)).toEqual(first);
    const other = await contents(5);
    expect(other.filter((file) => first.some((same) => same.slice(10) === file.slice(10)))).toEqual([]);
  });

  it('covers at most a fifth of an object by another', async () => {
    await withScratchFolder(async (folder) => {
      await makeShapesDevkit({ ...options, counts: { train: 12 }, objectCounts: [6, 8], folder });
      for (const { boxes } of detectionSamplesOf(readImageSet(folder, '2007/train').images)) {
        for (let a = 0; a < boxes.length; a += 4) {
          for (let b = 0; b < a; b += 4) {
            const side = (i: number): number =>
              Math.max(0, Math.min(boxes[a + i + 2], boxes[b + i + 2]) - Math.max(boxes[a + i], boxes[b + i]));
            const area = (k: number): number => (boxes[k + 2] - boxes[k]) * (boxes[k + 3] - boxes[k + 1]);
            expect((side(0) * side(1)) / Math.min(area(a), area(b))).toBeLessThanOrEqual(0.2);
          }
        }
      }
    });
  });

  it('does not write into a folder that holds something', async () => {
    await withScratchFolder(async (folder) => {
      writeFileSync(join(folder, 'mine.txt'), 'x');
      await expect(makeShapesDevkit({ ...options, folder })).rejects.toThrow(/the folder is not empty/);
    });
  });
});
