import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import { FAULT_KINDS, readDetections } from '../src';
import { readAnnotationBytes } from '../src/read-annotation';
import { annotation, bndbox, makeFolder, object, writeFiles } from './sample';

// A minute of mutations is 10,000; the usual run takes a few seconds.
const ROUNDS = process.env['FEATUREMINE_LONG'] ? 10_000 : 1_500;
const SLOWEST_MS = 2000;

const PIECES = ['<', '>', '</', '/>', '<!--', '-->', '<![CDATA[', ']]>', '&amp;', '&#0;', '&x;', '<?', '\0', '"', "='"];
const TAGS = ['<object>', '</object>', '<bndbox>', '</bndbox>', '<xmin>', '<annotation>', '</annotation>', '<part>'];
const VALUES = ['-1', '1e999', 'NaN', '0', '99999999999999999999', '', ' ', '\uFEFF', '\u{1F600}', '5 6', '__proto__'];

/** Some random damage: bytes changed, cut, doubled, moved, or pieces put in. */
function mutate(bytes: Buffer, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let k = random.integer(4); k >= 0; k--) {
    const at = random.integer(result.length + 1);
    const end = Math.min(result.length, at + random.integer(40));
    const [head, tail] = [result.subarray(0, at), result.subarray(at)];
    switch (random.integer(6)) {
      case 0:
        result = Buffer.concat([
          head,
          Buffer.from([random.integer(256)]),
          result.subarray(Math.min(result.length, at + 1)),
        ]);
        break;
      case 1:
        result = Buffer.concat([head, result.subarray(end)]);
        break;
      case 2:
        result = Buffer.concat([head, result.subarray(at, end), tail]);
        break;
      case 3:
        result = Buffer.concat([head, Buffer.from(random.pick([...PIECES, ...TAGS, ...VALUES])), tail]);
        break;
      case 4:
        result = head;
        break;
      default:
        result = Buffer.concat([head, Buffer.from(random.pick(TAGS).repeat(random.integer(100))), tail]);
    }
  }
  return result;
}

describe('readAnnotation on damaged files', () => {
  const part = `<part><name>head</name>${bndbox(12, 22, 20, 30)}</part>`;
  const good = annotation(object('dog', bndbox(11, 21, 50, 60)) + object('person', bndbox(1, 2, 30, 40) + part));
  const seeds = [good, good.replaceAll('><', '>\n\t<'), `<?xml version="1.0" encoding="utf-8"?><!-- x -->${good}`];

  it(`names every fault by a known kind in ${ROUNDS} mutations`, () => {
    const random = Random.of(20, 'annotations');
    for (let i = 0; i < ROUNDS; i++) {
      const bytes = mutate(Buffer.from(seeds[i % seeds.length]), random);
      const start = performance.now();
      const { annotation: found, faults, objectCount } = readAnnotationBytes(bytes, '000001.xml', { wantsNotes: true });
      expect(performance.now() - start).toBeLessThan(SLOWEST_MS);
      expect(faults.every(({ kind, message }) => Object.hasOwn(FAULT_KINDS, kind) && message !== '')).toBe(true);
      // No object is lost without a word: those that have no box or name have faults.
      const named = new Set(faults.map(({ object: index }) => index));
      const lost = objectCount - found.objects.length;
      const indices = new Set(found.objects.map(({ index }) => index));
      for (let k = 1; k <= objectCount; k++) if (!indices.has(k)) expect(named.has(k)).toBe(true);
      expect(lost).toBeGreaterThanOrEqual(0);
      for (const { box, name } of found.objects) {
        expect(box.every(Number.isFinite)).toBe(true);
        expect(name).not.toBe('');
      }
      // A cut file never reads as a whole one.
      const isWhole = bytes.includes('</annotation>') || bytes.includes('<annotation/>') || bytes.length > good.length;
      if (!isWhole) expect(faults.some(({ severity }) => severity === 'error')).toBe(true);
    }
  });

  it('stays quick on large nests, runs and unclosed marks', () => {
    const texts = [
      '<a>'.repeat(2_000_000),
      `<annotation>${'<object>'.repeat(500_000)}`,
      annotation('<object/>'.repeat(100_000)),
      annotation(object('dog', bndbox(1, 1, 9, 9)).repeat(30_000)),
      `<annotation>${'<!--'.repeat(1_000_000)}`,
      `<annotation a="${"'".repeat(1_000_000)}`,
      `<annotation>${'&'.repeat(1_000_000)}</annotation>`,
      ' '.repeat(7_000_000),
      `<annotation>${' '.repeat(7_000_000)}</annotation>`,
      `<annotation><filename>${'x'.repeat(7_000_000)}</filename></annotation>`,
    ];
    for (const text of texts) {
      const start = performance.now();
      const { faults } = readAnnotationBytes(Buffer.from(text), '000001.xml', { wantsNotes: false });
      expect(faults.length).toBeGreaterThan(0);
      expect(performance.now() - start).toBeLessThan(10_000);
    }
  });
});

describe('readDetections on damaged files', () => {
  it(`reads all lines or names one in ${ROUNDS / 5} mutations`, () => {
    const random = Random.of(20, 'detections');
    const folder = makeFolder();
    const name = 'comp4_det_test_dog.txt';
    const good = Array.from({ length: 12 }, (_, i) => `00000${i % 3} 0.${i}25 ${i + 1}.5 2 ${i + 30} 44.125\n`).join(
      '',
    );
    for (let i = 0; i < ROUNDS / 5; i++) {
      const bytes = mutate(Buffer.from(good), random);
      writeFiles(folder, { [name]: bytes });
      const lines = readFileSync(join(folder, name), 'latin1')
        .replace(/^\xef\xbb\xbf/, '')
        .split('\n')
        .filter((line) => /[^ \t\r]/.test(line));
      try {
        expect(readDetections(folder).scores).toHaveLength(lines.length);
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
        expect((error as Error).message).toMatch(/line \d+|no detection file/);
      }
    }
  });
});
