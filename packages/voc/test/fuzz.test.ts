import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import { FAULT_KINDS, readDetections } from '../src';
import { readAnnotationBytes } from '../src/read-annotation';
import { parseAnnotation } from '../src/parse-annotation';
import { scanAnnotation } from '../src/scan-annotation';
import { annotation, bndbox, makeFolder, object, writeFiles } from './sample';

// The seeds are fixed: the usual run is the beginning of the long one.
const ROUNDS = process.env['FEATUREMINE_LONG'] ? 50_000 : 10_000;
const SLOWEST_MS = 5000;

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

const FRAGMENTS = [
  '<object/>',
  '<object></object>',
  '<name>cat</name>',
  '<difficult/>',
  '<truncated> 1 </truncated>',
  '<bndbox/>',
  '<xmin>3</xmin>',
  '<size/>',
  '<part><name>leg</name><bndbox><xmin>1</xmin></bndbox></part>',
  '<robndbox/>',
  '<other><object><name>x</name></object></other>',
  'text',
  ' &amp;\n',
  '<constructor>1</constructor>',
];

/** Well-formed XML with some elements put in or taken out between others. */
function rearrange(text: string, random: Random): string {
  let tokens = text.split(/(?<=>)(?=<)/);
  for (let k = random.integer(3); k >= 0; k--) {
    const at = 1 + random.integer(tokens.length - 1);
    const isLeaf = /^<(\w+)>[^<]*<\/\1>$/.test(`${tokens[at]}${tokens[at + 1] ?? ''}`);
    if (isLeaf && random.chance(0.5)) tokens = tokens.filter((_, i) => i !== at && i !== at + 1);
    else tokens.splice(at, 0, random.pick(FRAGMENTS));
  }
  return tokens.join('');
}

const MARKUP =
  /<\s*!--[^]*?-->|<\s*!\[CDATA\[[^]*?\]\]>|<\s*\?[^]*?\?>|<\s*![^>]*>|<(\s*\/)?\s*([^\s/>]+)(?:"[^"]*"|'[^']*'|[^>"'])*>/g;

/** The `<object>` elements right inside the root, counted without any of the readers; for well-formed text. */
function countObjects(text: string): number {
  let depth = 0;
  let count = 0;
  for (const [markup, slash, name] of text.matchAll(MARKUP)) {
    if (name === undefined) continue;
    if (slash !== undefined) depth--;
    else {
      if (depth === 1 && name === 'object') count++;
      if (!markup.endsWith('/>')) depth++;
    }
  }
  return count;
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
      const isQuick = performance.now() - start < SLOWEST_MS;
      const isNamed = faults.every(({ kind, message }) => Object.hasOwn(FAULT_KINDS, kind) && message !== '');
      // No object is lost without a word: those that have no box or name have faults.
      const accounted = new Set(found.objects.map(({ index }) => index));
      for (const { object: index } of faults) if (index !== null) accounted.add(index);
      const isSound = found.objects.every(({ box, name }) => box.every(Number.isFinite) && name !== '');
      const isRead = faults.every(({ object: index, severity }) => index !== null || severity !== 'error');
      // One assertion a round: jest's are slow.
      const verdict = {
        isQuick,
        isNamed,
        isSound,
        isAccounted: accounted.size >= objectCount,
        isCounted: !isRead || objectCount === countObjects(bytes.toString('latin1')),
      };
      if (!Object.values(verdict).every(Boolean))
        throw new Error(`${bytes.toString('latin1')} ${JSON.stringify(verdict)}`);
      // A cut file never reads as a whole one.
      const isWhole = bytes.includes('</annotation>') || bytes.includes('<annotation/>') || bytes.length > good.length;
      if (!isWhole && !faults.some(({ severity }) => severity === 'error')) {
        throw new Error(`read as a whole: ${bytes.toString('latin1')}`);
      }
    }
  });

  it(`reads the plain form as xml2js does in ${ROUNDS} mutations`, () => {
    const random = Random.of(20, 'plain');
    let plainCount = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const text = i % 2 ? rearrange(seeds[0], random) : mutate(Buffer.from(seeds[1]), random).toString('latin1');
      const scanned = scanAnnotation(text);
      if (scanned === undefined) continue;
      plainCount++;
      const parsed = parseAnnotation(text);
      const isSame = 'raw' in parsed && !parsed.hasSecondRoot && JSON.stringify(parsed.raw) === JSON.stringify(scanned);
      if (!isSame) throw new Error(`${text}\n${JSON.stringify(scanned)}\n${JSON.stringify(parsed)}`);
    }
    expect(plainCount).toBeGreaterThan(ROUNDS / 5);
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
  it(`reads all lines or names one in ${ROUNDS} mutations`, () => {
    const random = Random.of(20, 'detections');
    const folder = makeFolder();
    const name = 'comp4_det_test_dog.txt';
    const good = Array.from({ length: 12 }, (_, i) => `00000${i % 3} 0.${i}25 ${i + 1}.5 2 ${i + 30} 44.125\n`).join(
      '',
    );
    let readCount = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const bytes = mutate(Buffer.from(good), random);
      writeFiles(folder, { [name]: bytes });
      const rows = bytes
        .toString('latin1')
        .replace(/^\xef\xbb\xbf/, '')
        .split('\n')
        .filter((line) => /[^ \t\r]/.test(line))
        .map((line) => line.trim().split(/[ \t\r]+/));
      const start = performance.now();
      try {
        const { scores, boxes } = readDetections(folder);
        const found = rows.map((_, row) => [scores[row], ...boxes.subarray(4 * row, 4 * row + 4)].map(Math.fround));
        const expected = rows.map(([, score, ...box]) => {
          return [Number(score), ...box.map((text, k) => Number(text) - (k < 2 ? 1 : 0))].map(Math.fround);
        });
        // Texts, since ten thousand comparisons by jest take half a minute.
        const isSame = scores.length === rows.length && JSON.stringify(found) === JSON.stringify(expected);
        if (!isSame) throw new Error(`${bytes.toString('latin1')}\n${JSON.stringify([found, expected])}`);
        readCount++;
      } catch (error) {
        if (!(error instanceof DatasetError)) throw error;
        if (!/line \d+|no detection file/.test(error.message)) throw error;
      }
      if (performance.now() - start > SLOWEST_MS) throw new Error(`slow: ${bytes.toString('latin1')}`);
    }
    // Both ends were reached: files that could be read, and files that could not.
    expect(readCount).toBeGreaterThan(ROUNDS / 20);
    expect(readCount).toBeLessThan(ROUNDS);
  });
});
