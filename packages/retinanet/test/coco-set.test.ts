import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCocoSet } from '../src/coco-set';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'coco-set-'))));
afterEach(() => rmSync(folder, { recursive: true }));

type Bbox = [x: number, y: number, width: number, height: number];

/** A file of the images a.jpg and train/b.jpg (both 100x80), classes 7 cat and 3 dog, with these dogs on a.jpg. */
function makeCoco(dogs: readonly Bbox[], further: readonly object[] = []): { file: string; imageFolder: string } {
  const imageFolder = join(folder, 'images');
  for (const name of ['a.jpg', 'train/b.jpg']) {
    mkdirSync(dirname(join(imageFolder, name)), { recursive: true });
    writeFileSync(join(imageFolder, name), '');
  }
  const file = join(folder, 'instances.json');
  const annotations = dogs.map((bbox, i) => ({ id: i + 1, image_id: 2, category_id: 3, bbox, iscrowd: 0 }));
  const content = {
    images: [
      { id: 9, file_name: 'train/b.jpg', width: 100, height: 80 },
      { id: 2, file_name: 'a.jpg', width: 100, height: 80 },
    ],
    categories: [
      { id: 7, name: 'cat' },
      { id: 3, name: 'dog' },
    ],
    annotations: [...annotations, ...further],
  };
  writeFileSync(file, JSON.stringify(content));
  return { file, imageFolder };
}

const cat = { id: 100, image_id: 9, category_id: 7, bbox: [1, 2, 30, 40], iscrowd: 0 };

describe('readCocoSet', () => {
  it('orders classes by category id, and makes boxes of x, y, width, height', () => {
    const { images, classNames, report } = readCocoSet(makeCoco([[10, 20, 30, 40]], [cat]), {});
    expect(classNames).toEqual(['dog', 'cat']);
    expect(images.map(({ id, imagePath }) => [id, imagePath])).toEqual([
      ['a', join(folder, 'images', 'a.jpg')],
      ['b', join(folder, 'images', 'train', 'b.jpg')],
    ]);
    expect(images[0].objects).toEqual([
      { name: 'dog', classId: 0, box: [10, 20, 40, 60], isDifficult: false, isTruncated: false, index: 1 },
    ]);
    expect(report).toMatchObject({ imageCount: 2, objectCount: 2, skippedBoxCount: 0 });
  });

  it('keeps crowds in the ground truth only', () => {
    const { images, groundTruth } = readCocoSet(makeCoco([[1, 1, 9, 9]], [{ ...cat, iscrowd: 1 }]), {});
    expect(images[1].objects).toEqual([]);
    expect(groundTruth!.images[1].objects).toMatchObject([{ classId: 1, isCrowd: true }]);
    expect(groundTruth!.categoryIds).toEqual([3, 7]);
  });

  it('takes the classes of a run in their order, known to the file or not', () => {
    const { images, groundTruth, report } = readCocoSet(makeCoco([[1, 1, 9, 9]], [cat]), { classes: ['cow', 'cat'] });
    expect(images.map(({ objects }) => objects.map(({ classId }) => classId))).toEqual([[], [1]]);
    expect(groundTruth!.categoryIds).toEqual([8, 7]);
    expect(report.otherClassCount).toBe(1);
    const options = { classes: ['cta', 'dog'], needsEveryClass: true };
    expect(() => readCocoSet(makeCoco([[1, 1, 9, 9]], [cat]), options)).toThrow(
      /no object has the class cta.*expected classes among dog, cat\. Did you mean cat/,
    );
  });

  it('refuses a class that is named twice', () => {
    const classes = ['dog', 'cat', 'dog'];
    expect(() => readCocoSet(makeCoco([[1, 1, 9, 9]]), { classes })).toThrow(/classes: dog is there twice/);
  });

  it.each<[string, Bbox, RegExp]>([
    ['no area', [10, 20, 0, 40], /a\.jpg, object 1 \(dog\): the box .* has no area/],
    ['a side outside', [90, 20, 30, 40], /reaches beyond the image of 100x80/],
    ['nothing inside', [200, 20, 30, 40], /reaches beyond/],
  ])('by default refuses a box with %s, and leaves it out when told to skip', (_what, bbox, message) => {
    const source = makeCoco([bbox, [1, 1, 9, 9]]);
    expect(() => readCocoSet(source, {})).toThrow(message);
    const { images, report } = readCocoSet(source, { onBadBox: 'skip' });
    expect(images[0].objects.map(({ index }) => index)).toEqual([2]);
    expect(report.skippedBoxCount).toBe(1);
    expect(readCocoSet(source, { onBadBox: 'keep' }).images[0].objects).toHaveLength(2);
  });

  it('trims to the image what clip allows, and what rounding made', () => {
    const { images, report } = readCocoSet(
      makeCoco([
        [90, 20, 30, 40],
        [60, 70, 40.5, 10.4],
      ]),
      { onBadBox: 'clip' },
    );
    expect(images[0].objects.map(({ box }) => box)).toEqual([
      [90, 20, 100, 60],
      [60, 70, 100, 80],
    ]);
    expect(report.clippedBoxCount).toBe(1);
  });

  it('finds no image outside of the folder, and names all that are missing', () => {
    const source = makeCoco([[1, 1, 9, 9]]);
    writeFileSync(join(folder, 'secret.jpg'), '');
    const image = (id: number, name: string): object => ({ id, file_name: name, width: 9, height: 9 });
    const names = ['../secret.jpg', '/etc/passwd', 'x/../../secret.jpg', 'other/a.jpg', 'gone.jpg'];
    const content = { images: names.map((name, id) => image(id, name)), categories: [], annotations: [] };
    writeFileSync(source.file, JSON.stringify(content));
    const faultFile = join(folder, 'not-made-yet', 'faults.txt');
    expect(() => readCocoSet(source, { faultFile })).toThrow(
      /4 faults:\n.*secret\.jpg": its "file_name" leads out.*\n.*passwd": .*leads out.*\n.*leads out.*\n.*gone\.jpg": it is not in/,
    );
    expect(readCocoSet(source, { needsImages: false }).images.map(({ hasImage }) => hasImage)).toEqual([
      ...[false, false, false, true, false],
    ]);
    expect(() => readCocoSet({ ...source, imageFolder: join(folder, 'no') }, {})).toThrow(/there is no such folder/);
  });
});
