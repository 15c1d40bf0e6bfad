import { join } from 'node:path';
import { validateDevkit, validatePaths } from '../src';
import { realData } from './real-data';
import { annotation, bndbox, makeFolder, object, writeFiles } from './sample';

const dog = object('dog', bndbox(11, 21, 50, 60));

/** The first bytes of a PNG file of this size. */
function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(33);
  bytes.write('\x89PNG\r\n\x1a\n', 'latin1');
  bytes.writeUInt32BE(13, 8);
  bytes.write('IHDR', 12);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

/** A JPEG header with an APP0 segment before the frame. */
function jpeg(width: number, height: number): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2]), frame]);
}

describe('validatePaths', () => {
  it('finds all faults of all files at once, with file, object, kind and severity', () => {
    const folder = makeFolder();
    writeFiles(folder, {
      'b.xml': annotation(object('dog', bndbox(9, 1, 9, 9)) + dog).replace('000001', 'b'),
      'sub/a.XML': '',
      'notes.txt': 'x',
    });
    const report = validatePaths([folder], { checksImages: false });
    expect(report).toMatchObject({ files: 2, objects: 2, errorCount: 2 });
    expect(report.faults).toEqual([
      {
        file: join(folder, 'b.xml'),
        object: 1,
        className: 'dog',
        kind: 'zero-area-box',
        severity: 'error',
        message: 'xmax 9 is not right of xmin 9. Fix the box.',
      },
      expect.objectContaining({ file: join(folder, 'sub/a.XML'), object: null, kind: 'empty-file' }),
    ]);
  });
  it('calls a missing truncated no error', () => {
    const folder = makeFolder();
    writeFiles(folder, { '000001.xml': annotation(dog.replace('<truncated>0</truncated>', '')) });
    const report = validatePaths([join(folder, '000001.xml')], { checksImages: false });
    expect(report.errorCount).toBe(0);
    expect([...report.countByKind]).toEqual([['missing-truncated', 1]]);
  });
  it('counts classes, sizes of objects and of images', () => {
    const folder = makeFolder();
    const cat = object('cat', bndbox(1, 1, 4, 4)).replace('<difficult>0', '<difficult>1');
    writeFiles(folder, { '000001.xml': annotation(dog + cat + object('cat', bndbox(1, 1, 100, 80))) });
    const report = validatePaths([folder]);
    expect([...report.classes]).toEqual([
      ['cat', { objects: 2, images: 1, difficult: 1, truncated: 0 }],
      ['dog', { objects: 1, images: 1, difficult: 0, truncated: 0 }],
    ]);
    expect([...report.imageSizes]).toEqual([['100x80', 1]]);
    // Squares of side 4, 40 and 89: in [0, 8), [32, 64) and [64, 128).
    expect(report.objectSizes.map(({ objects }) => objects)).toEqual([1, 0, 0, 1, 1, 0, 0, 0, 0]);
  });
  it('compares sizes with the images, whatever their extension', () => {
    const folder = makeFolder();
    const names = ['good', 'tall', 'gone', 'broken', 'upper'];
    for (const name of names)
      writeFiles(folder, { [`Annotations/${name}.xml`]: annotation(dog).replace('000001', name) });
    writeFiles(folder, {
      'JPEGImages/good.png': png(100, 80),
      'JPEGImages/tall.jpeg': jpeg(80, 100),
      'JPEGImages/broken.jpg': Buffer.from([0xff, 0xd8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      'JPEGImages/upper.JPG': jpeg(100, 80),
    });
    const { faults } = validatePaths([folder]);
    expect(faults.map(({ kind, file }) => [kind, file.slice(folder.length + 13)])).toEqual([
      ['unreadable-image', 'broken.xml'],
      ['missing-image', 'gone.xml'],
      ['size-mismatch', 'tall.xml'],
    ]);
    const probed = validatePaths([folder], { probeImage: () => ({ width: 100, height: 80 }) });
    expect(probed.faults.map(({ kind }) => kind)).toEqual(['missing-image']);
  });
  it('names class names that are not wanted, and variants of one name', () => {
    const folder = makeFolder();
    writeFiles(folder, {
      '000001.xml': annotation(dog + object('Dog', bndbox(11, 21, 50, 61)) + object('dog', bndbox(1, 1, 5, 5))),
    });
    const options = { checksImages: false, classes: ['dog', 'cat'] };
    const { faults } = validatePaths([folder], options);
    expect(faults.map(({ kind, className }) => [kind, className])).toEqual([
      ['unknown-class', 'Dog'],
      ['name-case', 'Dog'],
    ]);
    expect(faults[0].message).toContain('dog is near');
  });
  it('refuses paths that are not there, and folders without XML', () => {
    expect(() => validatePaths(['/nowhere/at/all'])).toThrow('there is no such file or folder');
    expect(() => validatePaths([makeFolder()])).toThrow('no XML file is there');
  });
});

describe('validateDevkit', () => {
  it('reports lines of set files and missing annotations', () => {
    const folder = makeFolder();
    writeFiles(folder, {
      'VOC2007/Annotations/a.xml': annotation(dog).replace('000001', 'a'),
      'VOC2007/ImageSets/Main/all.txt': 'a\n../b\nc\n',
    });
    const { faults, files } = validateDevkit(folder, 'all', { checksImages: false });
    expect(files).toBe(2);
    expect(faults.map(({ kind }) => kind)).toEqual(['unsafe-id', 'missing-annotation']);
    expect(validateDevkit(folder, undefined, { checksImages: false }).faults).toEqual([]);
  });

  for (const [name, errors, files, objects] of [
    ['bccd', 2, 364, 4888],
    ['voc2007-a', 0, 500, 1483],
  ] as const) {
    const devkit = realData(name, 'VOCdevkit');
    (devkit === undefined ? it.skip : it)(`finds ${errors} errors in ${name}, images included`, () => {
      const report = validateDevkit(devkit!, undefined);
      expect(report).toMatchObject({ files, objects, errorCount: errors });
      expect(report.faults.every(({ kind }) => kind === 'zero-area-box')).toBe(true);
    });
  }
});
