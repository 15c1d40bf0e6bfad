import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { writeAnnotation, writeImageSet } from '@featuremine/voc';
import sharp from 'sharp';
import { validateData } from '../src/validate/validate-data';
import type { DataPart, DataReport } from '../src/validate/validate-data';

let folder: string;
let voc: string;
const year = (...names: string[]): string => join(voc, 'VOC2007', ...names);
const imageOf = (id: string): string => year('JPEGImages', `${id}.jpg`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-validate-'));
  voc = join(folder, 'VOCdevkit');
  await makeShapesDevkit({ folder: voc, seed: 4, counts: { train: 6, test: 6 }, imageSides: [160, 200] });
});
afterAll(() => rmSync(folder, { recursive: true }));

const part = (name: string): DataPart => ({ name, source: { voc }, sets: `2007/${name}` });
const check = (parts: DataPart[]): Promise<DataReport> => validateData(parts, { findsDuplicates: true });

/** Adds an image with one object to the devkit and to a set of its own. */
function addImage(id: string, image: Buffer, size: { width: number; height: number }): DataPart {
  writeFileSync(imageOf(id), image);
  writeAnnotation(year('Annotations'), {
    imageFile: `${id}.jpg`,
    widthPx: size.width,
    heightPx: size.height,
    objects: [{ name: 'circle', box: [10, 10, 50, 50] }],
  });
  writeImageSet({ devkit: voc, year: '2007', set: id, ids: [id] });
  return part(id);
}

describe('validateData', () => {
  it('finds nothing wrong with a sound devkit, and no image of one part in the other', async () => {
    const { parts, duplicates } = await check([part('train'), part('test')]);
    expect(parts.map(({ name, report }) => [name, report.files, report.errorCount])).toEqual([
      ['train', 6, 0],
      ['test', 6, 0],
    ]);
    expect(duplicates).toEqual([]);
  });

  it('finds copies that are smaller, compressed anew, brighter or mirrored', async () => {
    const [first, second, third] = ['000001', '000002', '000003'].map(imageOf);
    const changed: [string, sharp.Sharp][] = [
      ['smaller', sharp(first).resize(70, 66, { fit: 'fill' }).jpeg({ quality: 40 })],
      ['mirrored', sharp(second).flop().jpeg({ quality: 70 })],
      ['brighter', sharp(third).modulate({ brightness: 1.2 }).greyscale().jpeg()],
    ];
    for (const [i, [id, image]] of changed.entries()) {
      const { data, info } = await image.toBuffer({ resolveWithObject: true });
      const { duplicates } = await check([part('train'), addImage(id, data, info)]);
      expect(duplicates).toHaveLength(1);
      expect(basename(duplicates[0].first)).toBe(`00000${i + 1}.jpg`);
      expect(duplicates[0].isMirrored).toBe(id === 'mirrored');
    }
  });

  it('finds an image that is in both parts, and two that are the same within one', async () => {
    const both = await check([part('train'), part('train')]);
    expect(both.duplicates.filter(({ first, second }) => first === second)).toHaveLength(6);
    copyFileSync(imageOf('000001'), imageOf('copy'));
    copyFileSync(year('Annotations', '000001.xml'), year('Annotations', 'copy.xml'));
    writeImageSet({ devkit: voc, year: '2007', set: 'pair', ids: ['000001', 'copy'] });
    expect((await check([part('pair')])).duplicates).toMatchObject([{ correlation: 1, isMirrored: false }]);
  });

  it('names an image whose pixels break off, which its header does not tell', async () => {
    const whole = readFileSync(imageOf('000004'));
    const size = await sharp(whole).metadata();
    const broken = addImage('broken', whole.subarray(0, whole.length / 2), size);
    const [{ report }] = (await check([broken])).parts;
    expect(report.faults.map(({ kind }) => kind)).toContain('unreadable-image');
    expect(report.errorCount).toBe(1);
  });

  it('tells a size that EXIF’s orientation explains, and warns of images that it turns', async () => {
    const turned = await sharp(imageOf('000005'))
      .resize(120, 80, { fit: 'fill' })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const asSeen = await check([addImage('as-seen', turned, { width: 80, height: 120 })]);
    expect(asSeen.parts[0].report.faults).toMatchObject([
      {
        kind: 'size-mismatch',
        severity: 'error',
        message: expect.stringMatching(/orientation 6 turns it on the screen only/) as string,
      },
    ]);
    const asStored = await check([addImage('as-stored', turned, { width: 120, height: 80 })]);
    expect(asStored.parts[0].report.faults).toMatchObject([{ kind: 'turned-image', severity: 'warning' }]);
    const wrong = await check([addImage('wrong', turned, { width: 100, height: 80 })]);
    expect(wrong.parts[0].report.faults[0].message).not.toMatch(/EXIF/);
  });

  it('checks a folder of images and a COCO file as it does a devkit', async () => {
    const data = join(folder, 'flat');
    const source = { data: year() };
    const [{ report }] = (await check([{ name: 'flat', source, sets: 'train' }])).parts;
    expect(report).toMatchObject({ files: 6, errorCount: 0 });
    const { width, height } = await sharp(imageOf('000001')).metadata();
    const image = { id: 1, file_name: '000001.jpg', width, height: height + 1 };
    const bboxes = [[10, 10, 30, 0], [10, 10, 0, 30], [10, 10, 9000, 20], [10, 10, 20, 20], [10, 10, 'wide', 20]]; // prettier-ignore
    const annotations = bboxes.map((bbox, i) => ({
      id: i + 1,
      image_id: 1,
      category_id: 5,
      bbox,
      area: 0,
      iscrowd: 0,
    }));
    const coco = `${data}.json`;
    const missing = { id: 2, file_name: 'no.jpg', width: 10, height: 10 };
    writeFileSync(
      coco,
      JSON.stringify({
        images: [image, missing],
        annotations: [...annotations, { ...annotations[0], category_id: 6 }],
        categories: [{ id: 5, name: 'circle' }],
      }),
    );
    const found = await check([{ name: 'coco', source: { coco, images: year('JPEGImages') }, sets: undefined }]);
    const { faults, countByKind } = found.parts[0].report;
    expect(Object.fromEntries(countByKind)).toEqual({
      ...{ 'zero-area-box': 2, 'outside-image': 1, 'bad-line': 2 },
      ...{ 'missing-image': 1, 'size-mismatch': 1 },
    });
    expect(faults.filter(({ kind }) => kind === 'zero-area-box')).toMatchObject([
      { object: 1, className: 'circle', message: 'the box [x 10, y 10, width 30, height 0] has no area. Fix the box.' },
      { object: 2 },
    ]);
    expect(faults.filter(({ kind }) => kind === 'bad-line').map(({ message }) => message)).toEqual([
      'annotations[4]: bbox a list of 4, expected [x, y, width, height]. Correct the entry, or take it out.',
      'annotations[5]: category_id 6 is none of the categories. Correct the entry, or take it out.',
    ]);
    expect([...found.parts[0].report.classes.keys()]).toEqual(['circle']);
  });
});
