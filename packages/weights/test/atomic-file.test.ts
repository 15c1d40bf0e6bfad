import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtomicFile, writeFileAtomic } from '../src/atomic-file';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weights-atomic-'));
  path = join(folder, 'file.json');
  writeFileSync(path, 'old');
});
afterEach(() => rmSync(folder, { recursive: true }));

const content = (): string => readFileSync(path, 'utf8');

describe('AtomicFile', () => {
  it('shows the old text until all parts are written', () => {
    const file = new AtomicFile(path);
    file.write('new ');
    file.write('é');
    expect(content()).toBe('old');
    file.commit();
    file.discard();
    expect(content()).toBe('new é');
    expect(readdirSync(folder)).toEqual(['file.json']);
  });

  it('leaves the old text and nothing else when it is given up', () => {
    const file = new AtomicFile(path);
    file.write('new');
    file.discard();
    expect(content()).toBe('old');
    expect(readdirSync(folder)).toEqual(['file.json']);
  });

  it('leaves nothing when its place is taken by a folder', () => {
    rmSync(path);
    mkdirSync(join(path, 'inside'), { recursive: true });
    const file = new AtomicFile(path);
    expect(() => file.commit()).toThrow(/file\.json/);
    expect(readdirSync(folder)).toEqual(['file.json']);
  });
});

describe('writeFileAtomic', () => {
  it('replaces a text, and names the file that it cannot write', () => {
    writeFileAtomic(path, 'new');
    expect(content()).toBe('new');
    expect(() => writeFileAtomic(join(folder, 'no', 'file.json'), 'new')).toThrow(
      /no\/file\.json: there is no such file/,
    );
  });
});
