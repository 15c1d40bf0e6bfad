import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFolder } from '../src';

describe('isFolder', () => {
  it('is true for folders and links to them, false for files and for what is not there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'files-'));
    mkdirSync(join(folder, 'a'));
    symlinkSync('a', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    expect(['a', 'link', 'file', 'none'].map((name) => isFolder(join(folder, name)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
