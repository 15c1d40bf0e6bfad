import { join } from 'node:path';
import sharp from 'sharp';
import { openCub } from '../src';
import { withScratchFolder } from './scratch';
import { writeFiles } from './write-files';

/** Three images of two classes, as the archive lists them; numbers do not follow the order of the lists. */
const lists = {
  'classes.txt': '1 001.Black_footed_Albatross\n2 002.Laysan_Albatross\n',
  'images.txt':
    '1 001.Black_footed_Albatross/a.png\n2 001.Black_footed_Albatross/b.png\n3 002.Laysan_Albatross/c.png\n',
  'image_class_labels.txt': '1 1\n2 1\n3 2\n',
  'train_test_split.txt': '1 0\n2 1\n3 1\n',
  'bounding_boxes.txt': '3 1.0 0.0 2.5 1.0\n1 0.0 0.0 4.0 2.0\n2 2.0 1.0 9.0 9.0\n',
};

/** A 4x2 image whose red is 10 x + y. */
function image(): Promise<Buffer> {
  const pixels = Buffer.from([0, 1].flatMap((y) => [0, 1, 2, 3].flatMap((x) => [10 * x + y, 0, 0])));
  return sharp(pixels, { raw: { width: 4, height: 2, channels: 3 } })
    .png()
    .toBuffer();
}

async function writeCub(folder: string): Promise<void> {
  const png = await image();
  const names = lists['images.txt'].trim().split('\n').map((line) => line.split(' ')[1]); // prettier-ignore
  writeFiles(folder, { ...lists, ...Object.fromEntries(names.map((name) => [`images/${name}`, png])) });
}

describe('openCub', () => {
  it('takes its own split and classes, in the order of images.txt', async () => {
    await withScratchFolder(async (root) => {
      const folder = join(root, 'CUB_200_2011');
      await writeCub(folder);
      const train = openCub({ folder: root, split: 'train' });
      expect(train.classNames).toEqual(['001.Black_footed_Albatross', '002.Laysan_Albatross']);
      expect([0, 1].map((i) => [train.fileOf(i), train.labelOf(i)])).toEqual([
        [join(folder, 'images/001.Black_footed_Albatross/b.png'), 0],
        [join(folder, 'images/002.Laysan_Albatross/c.png'), 1],
      ]);
      const test = openCub({ folder, split: 'test' });
      expect([test.count, test.labelOf(0)]).toEqual([1, 0]);
      const whole = await train.read(0);
      expect([whole.image.width, whole.image.height]).toEqual([4, 2]);
    });
  });

  it('crops to the box of each image, widened to whole pixels and cut at the border', async () => {
    await withScratchFolder(async (folder) => {
      await writeCub(folder);
      const train = openCub({ folder, split: 'train', isCropped: true });
      const reds = async (index: number): Promise<number[][]> => {
        const { width, height, data } = (await train.read(index)).image;
        return Array.from({ length: height }, (_, y) =>
          Array.from({ length: width }, (__, x) => data[3 * (y * width + x)]),
        );
      };
      expect(await reds(0)).toEqual([[21, 31]]); // x from 2, y from 1, cut at 4x2
      expect(await reds(1)).toEqual([[10, 20, 30]]); // x from 1 to 3.5, y from 0 to 1
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'an unknown class',
      { 'image_class_labels.txt': '1 1\n2 3\n3 2\n' },
      /labels\.txt, line 2: class 3, expected one of/,
    ],
    [
      'a missing label',
      { 'image_class_labels.txt': '1 1\n3 2\n' },
      /images\.txt, line 2: image 2, expected a line for it/,
    ],
    [
      'a split that is neither',
      { 'train_test_split.txt': '1 0\n2 x\n3 1\n' },
      /split\.txt, line 2: "x", expected 0 or 1/,
    ],
    [
      'a box without area',
      { 'bounding_boxes.txt': '1 0 0 1 1\n2 0 0 0 5\n3 0 0 1 1\n' },
      /boxes\.txt, line 2: 0 0 0 5/,
    ],
    [
      'a file outside',
      { 'images.txt': '1 a.png\n2 ../../b.png\n3 c.png\n' },
      /line 2: "\.\.\/\.\.\/b\.png" is no file/,
    ],
    ['a short line', { 'images.txt': '1\n' }, /images\.txt, line 1: "1", expected an image number and a file/],
  ])('names %s', async (_what, changed, message) => {
    await withScratchFolder((folder) => {
      writeFiles(folder, { ...lists, ...changed, 'images/x': '' });
      expect(() => openCub({ folder, split: 'train', isCropped: true })).toThrow(message);
    });
  });
});
