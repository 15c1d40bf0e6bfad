import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findImages, samplesOfImages } from '../src/find-images';
import { filesMatching } from '../src/glob';

let folder: string;
const files = [
  'a.jpg',
  'b.PNG',
  'c[1].jpg',
  'note.txt',
  '.hidden.jpg',
  'x/d1.jpg',
  'x/d2.jpg',
  'x/y/d3.jpg',
  'x/y/e.txt',
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-images-'));
  mkdirSync(join(folder, 'x', 'y'), { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const under = (paths: readonly string[]): string[] => paths.map((path) => relative(folder, path));
const at = (...paths: string[]): string[] => paths.map((path) => join(folder, path));

describe('filesMatching', () => {
  it.each([
    ['*.jpg', ['a.jpg', 'c[1].jpg']],
    ['?.jpg', ['a.jpg']],
    ['x/d[1-2].jpg', ['x/d1.jpg', 'x/d2.jpg']],
    ['x/d[!1].jpg', ['x/d2.jpg']],
    ['**/*.jpg', ['a.jpg', 'c[1].jpg', 'x/d1.jpg', 'x/d2.jpg', 'x/y/d3.jpg']],
    ['*/*/d*', ['x/y/d3.jpg']],
    ['.*', ['.hidden.jpg']],
    ['*.(jpg|PNG)', []],
    ['no/*/such', []],
  ])('finds with %s', (pattern, wanted) => {
    expect(under(filesMatching(join(folder, pattern)))).toEqual(wanted);
  });
});

describe('findImages', () => {
  it('takes files as they are, images of folders, and images that match a pattern, each once', () => {
    const found = findImages(at('x/d2.jpg', 'x', '**/d?.jpg'));
    expect(under(found)).toEqual(['x/d2.jpg', 'x/d1.jpg', 'x/y/d3.jpg']);
    expect(under(findImages(at('c[1].jpg')))).toEqual(['c[1].jpg']);
    expect(under(findImages(at('*')))).toEqual(['a.jpg', 'b.PNG', 'c[1].jpg']);
  });

  it('takes a file of a format that cannot be read, too: it is named, not passed over', async () => {
    writeFileSync(join(folder, 'x', 'y', 'f.bmp'), '');
    expect(under(findImages(at('x/y')))).toEqual(['x/y/d3.jpg', 'x/y/f.bmp']);
    await expect(samplesOfImages(at('x/y/f.bmp'))).rejects.toThrow(/f\.bmp: it cannot be read as an image/);
    rmSync(join(folder, 'x', 'y', 'f.bmp'));
  });

  it('names what is missing, and patterns and folders without an image', () => {
    expect(() => findImages(at('no.jpg', 'a.jpg', 'nor.jpg'))).toThrow(
      /no\.jpg, .*nor\.jpg: there is no such file or folder/,
    );
    expect(() => findImages(at('*.gif'))).toThrow(/\*\.gif: no image matches this pattern/);
  });
});
