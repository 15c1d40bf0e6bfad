import { readAnnotation } from '../src';
import { LARGEST_ANNOTATION_BYTES, readAnnotationBytes } from '../src/read-annotation';
import { annotation, bndbox, kindsOf, makeFolder, object, writeFiles } from './sample';

const dog = object('dog', bndbox(11, 21, 50, 60));

function read(text: string | Buffer) {
  return readAnnotationBytes(Buffer.from(text as string), '000001.xml', { wantsNotes: true });
}

describe('readAnnotation', () => {
  it('turns 1-based inclusive pixels into continuous ones', () => {
    expect(read(annotation(dog))).toEqual({
      annotation: {
        file: '000001.xml',
        imageFile: '000001.jpg',
        width: 100,
        height: 80,
        objects: [{ name: 'dog', box: [10, 20, 50, 60], isDifficult: false, isTruncated: false, index: 1 }],
      },
      faults: [],
      objectCount: 1,
    });
  });

  it('takes a <part> for no object', () => {
    const part = `<part><name>head</name>${bndbox(12, 22, 20, 30)}</part>`;
    const person = `<object><name>person</name><pose>Left</pose><truncated>1</truncated><difficult>1</difficult>${part}${bndbox(11, 21, 50, 60)}${part}</object>`;
    for (const text of [annotation(person), annotation(`<!-- -->${person}`)]) {
      const { annotation: found, faults } = read(text);
      expect(found.objects).toEqual([
        { name: 'person', box: [10, 20, 50, 60], isDifficult: true, isTruncated: true, index: 1 },
      ]);
      expect(faults).toEqual([]);
    }
  });

  it.each([
    ['<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax></bndbox>', 'missing-coordinate'],
    [bndbox(1, 1, '', 9), 'missing-coordinate'],
    [bndbox(1, 1, 'x', 9), 'bad-coordinate'],
    [bndbox(1, 1, '0x10', 9), 'bad-coordinate'],
    [bndbox(1, 1, 'Infinity', 9), 'bad-coordinate'],
    [bndbox(1, 1, '1e300', 9), 'bad-coordinate'],
    ['<bndbox><xmin>1</xmin><xmin>2</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>', 'repeated-coordinate'],
    [bndbox(1, 1, 9, 9) + bndbox(1, 1, 9, 9), 'repeated-coordinate'],
    [bndbox(9, 1, 8, 9), 'inverted-box'],
    [bndbox(1, 9, 8, 8), 'inverted-box'],
    [bndbox(9, 1, 9, 9), 'zero-area-box'],
    [bndbox(1, 9, 9, 9), 'zero-area-box'],
    [bndbox(1, 1, 101, 9), 'outside-image'],
    [bndbox(1, 1, 9, 81), 'outside-image'],
    [bndbox(-4, 1, 9, 9), 'outside-image'],
    [bndbox(0, 1, 9, 9), 'zero-based-box'],
    [bndbox(1.5, 1, 9, 9), 'fractional-coordinate'],
    ['', 'missing-box'],
    ['<robndbox><cx>1</cx><cy>1</cy><w>3</w><h>4</h><angle>1</angle></robndbox>', 'rotated-box'],
  ])('names %s as %s', (box, kind) => {
    expect(kindsOf(annotation(object('dog', box)))).toEqual([kind]);
  });

  it.each([
    ['<object/>', ['missing-name', 'missing-difficult', 'missing-truncated', 'missing-pose', 'missing-box']],
    [dog + dog, ['duplicate-object']],
    [object(' ', bndbox(1, 1, 9, 9)), ['missing-name']],
    [object('traffic light', bndbox(1, 1, 9, 9)), ['blank-in-name']],
    [dog.replace('<difficult>0', '<difficult>maybe'), ['bad-flag']],
    [dog.replace('<difficult>0</difficult>', '<difficult/>'), ['missing-difficult']],
    [dog.replace('<name>', '<name>cat</name><name>'), ['repeated-tag']],
    ['', ['no-objects']],
  ])('names what is wrong with %s', (content, kinds) => {
    expect(kindsOf(annotation(content))).toEqual(kinds);
  });

  it.each([
    ['', ['empty-file']],
    ['  \n', ['empty-file']],
    ['\uFEFF', ['empty-file']],
    [annotation(dog).slice(0, 200), ['broken-xml']],
    [annotation(dog).slice(0, -1), ['broken-xml']],
    ['just text', ['broken-xml']],
    [annotation(dog) + annotation(dog), ['second-root']],
    ['<html></html>', ['not-an-annotation']],
    ['<__proto__><xmin/></__proto__>', ['not-an-annotation']],
    ['<a>'.repeat(20000), ['nested-too-deep']],
    ['<a>'.repeat(70) + '</a>'.repeat(70), ['nested-too-deep']],
    [`<annotation>${'<a b=""/>'.repeat(500001)}</annotation>`, ['file-too-large']],
    ['x'.repeat(LARGEST_ANNOTATION_BYTES + 1), ['file-too-large']],
    ['<?xml version="1.0" encoding="klingon"?>' + annotation(dog), ['bad-encoding']],
    ['<annotation/>', ['missing-filename', 'missing-size', 'no-objects']],
  ])('names what is wrong with the file %#', (text, kinds) => {
    expect(kindsOf(text)).toEqual(kinds);
  });

  it('names missing and bad sizes', () => {
    const size = '<size><width>100</width><height>80</height><depth>3</depth></size>';
    const text = annotation(dog);
    expect(kindsOf(text.replace(size, ''))).toEqual(['missing-size']);
    expect(kindsOf(text.replace('>100<', '>0<'))).toEqual(['bad-size']);
    expect(kindsOf(text.replace('>100<', '>1.5<'))).toEqual(['bad-size']);
    expect(kindsOf(text.replace('<depth>3', '<depth>1'))).toEqual(['single-channel']);
    expect(kindsOf(text.replace(size, size + size))).toEqual(['repeated-tag']);
  });

  it('lets the stem of the XML file rule over <filename>', () => {
    expect(kindsOf(annotation(dog), 'folder/000002.xml')).toEqual(['filename-mismatch']);
    expect(kindsOf(annotation(dog), 'folder/x000001.xml')).toEqual(['filename-mismatch']);
    expect(kindsOf(annotation(dog), 'folder/000001.XML')).toEqual([]);
    expect(kindsOf(annotation(dog).replace('000001.jpg', 'C:\\images\\000001.JPEG'))).toEqual([]);
    expect(kindsOf(annotation(dog).replace('000001.jpg', '../../etc/passwd'))).toEqual(['filename-mismatch']);
  });

  it('reads UTF-8 with and without a mark, UTF-16, and what the declaration names', () => {
    const text = annotation(object('café', bndbox(11, 21, 50, 60)));
    const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>\n${text}`;
    const files = [
      Buffer.from(text),
      Buffer.from('\uFEFF' + text),
      Buffer.from('\uFEFF' + text, 'utf16le'),
      Buffer.from('\uFEFF' + text, 'utf16le').swap16(),
      Buffer.from(declared('utf-8')),
      Buffer.from(declared('ISO-8859-1'), 'latin1'),
      Buffer.from('\uFEFF' + declared('utf-16'), 'utf16le'),
      Buffer.from(declared('utf-16')), // saved again as UTF-8, with the old declaration
    ];
    for (const file of files) {
      const { annotation: found, faults } = read(file);
      expect(faults).toEqual([]);
      expect(found.objects.map(({ name }) => name)).toEqual(['café']);
    }
  });

  it('replaces no byte that the encoding does not have', () => {
    expect(kindsOf(Buffer.from(annotation(object('café', bndbox(1, 1, 9, 9))), 'latin1'))).toEqual(['bad-encoding']);
  });

  it('reads attributes, comments, CDATA and entities', () => {
    const text = annotation(dog)
      .replace('<annotation>', '<annotation verified="no"><!-- <object> -->')
      .replace('<name>dog', '<name lang="en"><![CDATA[dog]]>')
      .replace('Left', '&lt;Left&gt;');
    const { annotation: found, faults } = read(text);
    expect(faults).toEqual([]);
    expect(found.objects).toHaveLength(1);
    expect(found.objects[0]).toMatchObject({ name: 'dog', box: [10, 20, 50, 60] });
  });

  it('expands no entity of the file and reads no other file', () => {
    const bomb = `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${annotation(dog.replace('dog', '&x;'))}`;
    expect(kindsOf(bomb)).toEqual(['broken-xml']);
  });

  it('keeps class names that are names of object properties', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    for (const prefix of ['', '<!-- -->']) {
      const text = annotation(prefix + names.map((name) => object(name, bndbox(11, 21, 50, 60))).join(''));
      expect(read(text).annotation.objects.map(({ name }) => name)).toEqual(names);
    }
    expect(({} as Record<string, unknown>)['xmin']).toBeUndefined();
  });

  it('tells a missing file from a folder', () => {
    const folder = makeFolder();
    writeFiles(folder, { '000001.xml': annotation(dog) });
    expect(readAnnotation(`${folder}/000001.xml`).faults).toEqual([]);
    expect(readAnnotation(`${folder}/000002.xml`).faults[0]?.kind).toBe('missing-annotation');
    expect(readAnnotation(folder).faults[0]?.kind).toBe('unreadable-file');
  });
});
