import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtomicFile, writeFileAtomic } from '../src/atomic-file';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-atomic-'));
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
    mkdirSync(path);
    expect(() => new AtomicFile(path)).toThrow(/file\.json: it is a folder/);
    expect(readdirSync(folder)).toEqual(['file.json']);
  });

  it('keeps a link, and replaces the file that it leads to', () => {
    const link = join(folder, 'link.json');
    symlinkSync('file.json', link);
    writeFileAtomic(link, 'new');
    expect(readlinkSync(link)).toBe('file.json');
    expect(content()).toBe('new');
  });

  it('writes into a pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe]);
    let text = '';
    reader.stdout.on('data', (part: Buffer) => (text += part.toString()));
    writeFileAtomic(pipe, 'new');
    await new Promise((resolve) => reader.once('close', resolve));
    expect(text).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['file.json', 'pipe']);
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
