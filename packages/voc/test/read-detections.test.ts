import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decimalSum } from '@featuremine/boxes';
import { DatasetError } from '@featuremine/errors';
import fc from 'fast-check';
import { readDetections, writeDetections } from '../src';
import { toVocPixel } from '../src/voc-pixel';
import { realData } from './real-data';
import { makeFolder, writeFiles } from './sample';

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = makeFolder();
  writeFiles(folder, files);
  return folder;
}

describe('readDetections', () => {
  it('reads continuous boxes in the order of classes and lines', () => {
    const folder = folderOf({
      'comp4_det_test_cat.txt': 'b 0.25 11 21.5 50 60\r\na .5 1 1 2 2',
      'comp3_det_test_dog.txt': '\n  b\t1e-3 11 21 50 60  \n',
      'other.txt': '',
    });
    const found = readDetections(folder);
    expect(found).toMatchObject({ classNames: ['dog', 'cat'], imageIds: ['b', 'a'], missingClasses: [], faults: [] });
    expect([...found.classIndex]).toEqual([0, 1, 1]);
    expect([...found.imageIndex]).toEqual([0, 0, 1]);
    expect([...found.scores]).toEqual([0.001, 0.25, 0.5]);
    expect([...found.boxes.subarray(4, 8)]).toEqual([10, 20.5, 50, 60]);
  });

  it('warns of odd boxes, of other classes and of classes without a file', () => {
    const folder = folderOf({
      'comp4_det_test_dog.txt': 'a 0.5 9 1 8 9\na 0.5 0 1 8 9\na 0.5 3 1 3 9\n',
      'comp4_det_test_catt.txt': 'a 0.5 9 1 8 9\n',
    });
    const found = readDetections(folder, { classNames: ['dog', 'cat'], set: 'test' });
    expect(found.scores).toHaveLength(3);
    expect(found.missingClasses).toEqual(['cat']);
    expect(found.faults.map(({ kind, object }) => [kind, object])).toEqual([
      ['unknown-class-file', null],
      ['odd-detection-box', 1],
      ['odd-detection-box', 2],
      ['missing-class-file', null],
    ]);
    expect(found.faults[0].message).toContain('none of cat');
  });

  it.each([
    'a 0.5 1 2 3',
    'a 0.5 1 2 3 4 5',
    'a x 1 2 3 4',
    'a nan 1 2 3 4',
    'a 0.5 1 2 3 inf',
    'a 0.5 1,2,3,4',
    '0.5',
  ])('refuses the line %j by file and number', (line) => {
    const folder = folderOf({ 'comp4_det_test_dog.txt': `a 0.5 1 2 3 4\n${line}\n` });
    const read = (): unknown => readDetections(folder);
    expect(read).toThrow(DatasetError);
    expect(read).toThrow('comp4_det_test_dog.txt, line 2');
  });

  it('takes sets and classes with underscores apart', () => {
    const folder = folderOf({ 'comp4_det_mini_test_traffic_light.txt': 'a 1 1 2 3 4\n' });
    expect(readDetections(folder, { set: 'mini_test' }).classNames).toEqual(['traffic_light']);
    const known = readDetections(folder, { classNames: ['light', 'traffic_light'] });
    expect([...known.classIndex]).toEqual([1]);
    expect(readDetections(folder).classNames).toEqual(['light']);
  });

  it('reads one file, and refuses folders with two files of a class or none', () => {
    const folder = folderOf({ 'comp4_det_a_dog.txt': 'a 1 1 2 3 4\n', 'comp4_det_b_dog.txt': '' });
    expect(readDetections(join(folder, 'comp4_det_a_dog.txt')).classNames).toEqual(['dog']);
    expect(() => readDetections(folder)).toThrow('both of the class dog');
    expect(readDetections(folder, { set: 'b' }).scores).toHaveLength(0);
    expect(() => readDetections(folder, { set: 'c' })).toThrow('no detection file is in it');
    expect(() => readDetections(join(folder, 'nowhere'))).toThrow('there is no such file or folder');
  });

  it('reads numbers exactly as Number does, and origins less 1 in decimals', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }).map(String),
      fc
        .tuple(fc.integer({ min: -99999, max: 99999 }), fc.nat(999999))
        .map(([a, b]) => `${a}.${String(b).padStart(6, '0')}`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 20 }), (rows) => {
        const lines = rows.map(([score, x, y]) => `a ${score} ${x} ${y} ${x} ${y}\n`);
        const found = readDetections(join(folderOf({ 'comp4_det_t_dog.txt': lines.join('') }), 'comp4_det_t_dog.txt'));
        expect([...found.scores]).toEqual(rows.map(([score]) => Number(score)));
        rows.forEach(([, x, y], i) => {
          const [x1, y1, x2, y2] = found.boxes.subarray(4 * i, 4 * i + 4);
          expect([x2, y2]).toEqual([Number(x), Number(y)]);
          expect([x1, y1]).toEqual([Number(decimalSum(x, '-1')), Number(decimalSum(y, '-1'))]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('names a line of more than 64 KiB, ended or not, and does not wait for a pipe', () => {
    const good = 'a 0.5 1 2 3 4\n';
    for (const [start, end] of [
      ['b', '\n'],
      ['b', ''],
      ['b 0.5 1 2 3 4', '\n'],
    ]) {
      const line = start + (end === '' ? 'x' : ' ').repeat(70_000) + end;
      const folder = folderOf({ 'comp4_det_t_dog.txt': good + line });
      expect(() => readDetections(folder)).toThrow(
        /comp4_det_t_dog\.txt, line 2: more than 65536 bytes, expected image, score,/,
      );
    }
    const pipe = join(folderOf({}), 'comp4_det_t_dog.txt');
    execFileSync('mkfifo', [pipe]);
    expect(() => readDetections(pipe)).toThrow(/a pipe or a device, expected a file/);
  });

  it('reads lines across the borders of its chunks', () => {
    const lines = Array.from({ length: 30000 }, (_, i) => `image${i % 7} 0.${i} ${i + 1} 2 ${i + 3} 4`);
    const found = readDetections(folderOf({ 'comp4_det_t_dog.txt': lines.join('\n') }));
    expect(found.scores).toHaveLength(30000);
    expect(found.imageIds).toHaveLength(7);
    expect(lines.findIndex((_, i) => found.boxes[4 * i] !== i || found.imageIndex[i] !== i % 7)).toBe(-1);
  });

  const results = realData('voc2007-test-full', 'results', 'VOC2007', 'Main');
  (results === undefined ? it.skip : it)('reads all lines of a real detector, and writes them back bit by bit', () => {
    const found = readDetections(results!);
    expect(found.scores).toHaveLength(87765);
    const folder = makeFolder();
    writeDetections({ folder, set: 'test', detections: found });
    const again = readDetections(folder);
    expect(Buffer.compare(Buffer.from(again.boxes.buffer), Buffer.from(found.boxes.buffer))).toBe(0);
    expect(Buffer.compare(Buffer.from(again.scores.buffer), Buffer.from(found.scores.buffer))).toBe(0);
    const [name] = readdirSync(results!);
    const [line] = readFileSync(join(results!, name), 'utf8').split('\n');
    const row = readDetections(join(results!, name));
    expect(line.split(' ').slice(1).map(Number)).toEqual([
      row.scores[0],
      Number(toVocPixel(row.boxes[0])),
      Number(toVocPixel(row.boxes[1])),
      row.boxes[2],
      row.boxes[3],
    ]);
  });
});
