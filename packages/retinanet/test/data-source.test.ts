import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDetectionSet } from '../src/data-source';
import type { SourceFlags } from '../src/data-source';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'data-source-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readDetectionSet', () => {
  it.each<[string, SourceFlags, string | undefined, RegExp]>([
    ['no source', {}, undefined, /--voc, --data, --coco: none of them.*Pass --voc DEVKIT, --data DIR/],
    ['two sources', { voc: 'a', data: 'b' }, 'x', /--voc and --data together/],
    ['a devkit without sets', { voc: 'a' }, undefined, /--train: missing.*--train 2007\/trainval/],
    ['COCO without images', { coco: 'a.json' }, undefined, /--images: missing/],
    ['images without COCO', { data: 'a', images: 'b' }, undefined, /--images: it is given together with --data/],
    ['COCO with a set', { coco: 'a.json', images: 'b' }, 'train', /--train train: it is given together with --coco/],
  ])('refuses %s', (_what, source, sets, message) => {
    expect(() => readDetectionSet(source, { flag: '--train', sets }, {})).toThrow(message);
  });

  it('reads a folder as a whole without a set', () => {
    writeFileSync(
      join(folder, 'a.xml'),
      '<annotation><size><width>9</width><height>9</height></size><object><name>nut</name>' +
        '<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></object></annotation>',
    );
    writeFileSync(join(folder, 'a.jpg'), '');
    const { images, classNames } = readDetectionSet({ data: folder }, { flag: '--set', sets: undefined }, {});
    expect([images.map(({ id }) => id), classNames]).toEqual([['a'], ['nut']]);
  });
});
