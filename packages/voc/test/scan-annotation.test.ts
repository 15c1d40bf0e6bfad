import { readFileSync } from 'node:fs';
import { decodeText } from '../src/decode-text';
import { parseAnnotation } from '../src/parse-annotation';
import { scanAnnotation } from '../src/scan-annotation';
import { realAnnotations, realData } from './real-data';
import { annotation, bndbox, object } from './sample';

function textOf(file: string): string {
  const decoded = decodeText(readFileSync(file));
  if ('problem' in decoded) throw new Error(`${file}: ${decoded.problem}`);
  return decoded.text;
}

function fullParse(text: string): unknown {
  const parsed = parseAnnotation(text);
  return 'raw' in parsed && !parsed.hasSecondRoot ? parsed.raw : parsed;
}

describe('scanAnnotation', () => {
  const dog = object('dog', bndbox(11, 21, 50, 60));

  for (const [name, share] of [
    ['bccd', 1],
    ['voc2007-a', 1],
    ['voc2007-test-full', process.env['FEATUREMINE_LONG'] ? 1 : 4],
  ] as const) {
    const devkit = realData(name, 'VOCdevkit');
    (devkit === undefined ? it.skip : it)(`gives what xml2js gives on 1 of ${share} files of ${name}`, () => {
      let scannedCount = 0;
      const files = realAnnotations(devkit!).filter((_, i) => i % share === 0);
      for (const file of files) {
        const text = textOf(file);
        const scanned = scanAnnotation(text);
        if (scanned === undefined) continue;
        scannedCount++;
        expect(scanned).toEqual(fullParse(text));
      }
      expect(scannedCount).toBeGreaterThan(0.99 * files.length);
    });
  }

  it.each([
    annotation(dog),
    `<?xml version="1.0" encoding="utf-8"?>\n${annotation(dog)}\n`,
    annotation(dog).replaceAll('><', '>\n\t<'),
    annotation(dog.replace('dog', ' a &amp; b&lt;c ')),
    annotation(dog.replace('<pose>Left</pose>', '<pose/>')),
    annotation('<object/>'),
    annotation(dog.replace('</object>', '<robndbox><cx>1</cx></robndbox></object>')),
    annotation(`<source><object>${dog}</object></source>`),
    annotation(object('dog', '<bndbox/>')),
    annotation('text<object>1<bndbox>1 2 3 4</bndbox></object>'),
    '<annotation/>',
    '<annotation></annotation>',
    annotation(dog.replace('dog', '__proto__')),
    annotation('<__proto__><name>x</name></__proto__>'),
  ])('gives what xml2js gives on plain text %#', (text) => {
    expect(scanAnnotation(text)).toEqual(fullParse(text));
  });

  it.each([
    '',
    'text',
    annotation(dog).slice(0, -3),
    annotation(dog) + '<a/>',
    annotation(dog) + 'x',
    'x' + annotation(dog),
    annotation('<!-- comment -->'),
    annotation('<a b="1"/>'),
    annotation('<a></b>'),
    annotation('&unknown;'),
    annotation('&#65;'),
    annotation('<![CDATA[x]]>'),
    annotation(dog.replace('dog', 'dog<b/>')),
    annotation(object('dog', bndbox(1, 1, 2, 2) + bndbox(1, 1, 2, 2))),
    annotation('< a/>'),
    annotation('<filename>b.jpg</filename>'),
    '<annotation>'.repeat(2) + '</annotation>'.repeat(2) + '<annotation/>',
    annotation('<a>'.repeat(70) + '</a>'.repeat(70)),
  ])('leaves to xml2js what is not plain %#', (text) => {
    expect(scanAnnotation(text)).toBeUndefined();
  });
});
