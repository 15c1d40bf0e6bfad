import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  formatAnnotation,
  readAnnotation,
  readImageSet,
  writeAnnotation,
  writeDetections,
  writeImageSet,
} from '../src';
import { makeFolder } from './sample';

describe('writeAnnotation', () => {
  it('writes what is read back, to the last bit of a box', () => {
    const side = fc.double({ min: 0.001, max: 500, noNaN: true });
    const start = fc.double({ min: 0, max: 500, noNaN: true });
    const name = fc.constantFrom('dog', 'a & b', '<x>', "'q'", 'café', '__proto__');
    const anyObject = fc.record({
      name,
      x: start,
      y: start,
      w: side,
      h: side,
      isDifficult: fc.boolean(),
      isTruncated: fc.boolean(),
    });
    const folder = makeFolder();
    fc.assert(
      fc.property(fc.array(anyObject, { maxLength: 6 }), (list) => {
        const objects = list.map(({ x, y, w, h, ...rest }) => ({ ...rest, box: [x, y, x + 1 + w, y + 1 + h] }));
        const path = writeAnnotation(folder, { imageFile: 'a.jpg', widthPx: 2000, heightPx: 2000, objects });
        const { annotation, faults } = readAnnotation(path);
        expect(faults.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(annotation.objects).toEqual(objects.map((each, i) => ({ ...each, index: i + 1 })));
      }),
      { numRuns: 50 },
    );
  });
  it('refuses names that lead elsewhere and boxes that are no numbers', () => {
    const image = { widthPx: 9, heightPx: 9 };
    expect(() => writeAnnotation(makeFolder(), { ...image, imageFile: '../a.jpg', objects: [] })).toThrow('file name');
    const objects = [{ name: 'dog', box: [0, 0, NaN, 1] }];
    expect(() => formatAnnotation({ ...image, imageFile: 'a.jpg', objects })).toThrow('a.jpg, object 1');
  });
});

describe('writeImageSet', () => {
  it('makes a devkit that is read back', () => {
    const devkit = makeFolder();
    writeImageSet({ devkit, year: '2007', set: 'train', ids: ['b', 'a'] });
    for (const id of ['a', 'b']) {
      const objects = [{ name: 'dog', box: Float32Array.of(0, 0, 5, 6), isDifficult: id === 'a' }];
      const annotation = { imageFile: `${id}.png`, widthPx: 9, heightPx: 8, objects };
      writeAnnotation(join(devkit, 'VOC2007', 'Annotations'), annotation);
    }
    const { images } = readImageSet(devkit, 'train', { needsImages: false });
    expect(images.map(({ id, objects }) => [id, objects[0].box, objects[0].isDifficult])).toEqual([
      ['b', [0, 0, 5, 6], false],
      ['a', [0, 0, 5, 6], true],
    ]);
  });
  it('refuses names that lead elsewhere', () => {
    expect(() => writeImageSet({ devkit: makeFolder(), year: '2007', set: '../x', ids: [] })).toThrow('file name');
    expect(() => writeImageSet({ devkit: makeFolder(), year: '2007', set: 'x', ids: ['a/b'] })).toThrow('file name');
  });
});

describe('writeDetections', () => {
  const detections = {
    classNames: ['cat', 'dog'],
    imageIds: ['a', 'b'],
    imageIndex: [1, 0],
    classIndex: [1, 1],
    scores: [0.5, 0.25],
    boxes: [0, 1, 2, 3, 4, 5, 6.5, 7],
  };
  it('writes 1-based lines in the order given, and an empty file for a class without detections', () => {
    const paths = writeDetections({ folder: join(makeFolder(), 'new'), set: 'test', detections });
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['', 'b 0.5 1 2 2 3\na 0.25 5 6 6.5 7\n']);
    expect(paths[1]).toMatch(/comp4_det_test_dog\.txt$/);
  });
  it('refuses what could not be read back', () => {
    const write = (changes: object) => () =>
      writeDetections({ folder: makeFolder(), set: 'test', detections: { ...detections, ...changes } });
    expect(write({ imageIds: ['a b', 'c'] })).toThrow('blank');
    expect(write({ classNames: ['a/b', 'c'] })).toThrow('file name');
    expect(write({ scores: [NaN, 1] })).toThrow('finite');
  });
});
