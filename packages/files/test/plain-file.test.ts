import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, readSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileError } from '@featuremine/errors';
import { openPlainFile, readPlainFile } from '../src';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'plain-file-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('openPlainFile', () => {
  it('opens a file for reading', () => {
    writeFileSync(join(folder, 'a'), 'abc');
    const descriptor = openPlainFile(join(folder, 'a'));
    const bytes = Buffer.alloc(8);
    expect(readSync(descriptor, bytes)).toBe(3);
    closeSync(descriptor);
  });

  it('names a folder, a device and a pipe that nobody writes into, without waiting', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const [path, found] of [
      [folder, 'a folder'],
      ['/dev/null', 'a pipe or a device'],
      [pipe, 'a pipe or a device'],
    ]) {
      expect(() => openPlainFile(path)).toThrow(FileError);
      expect(() => openPlainFile(path)).toThrow(`${path}: ${found}, expected a file. Name the file itself.`);
    }
  });
});

describe('readPlainFile', () => {
  it('gives all bytes, and refuses more than it is told before it reads them', () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'abc');
    expect(readPlainFile(path, 3).toString()).toBe('abc');
    truncateSync(path, 2 ** 40);
    expect(() => readPlainFile(path, 2 ** 20)).toThrow(`${path}: 1099511627776 bytes, expected at most 1048576.`);
  });
});
