import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../src/write-files';

const PARTS = /^part-\d+of\d+$/;

describe('writeFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'write-files-')), 'export');
    const first: [string, string][] = [['part-1of2', 'old 1'], ['part-2of2', 'old 2'], ['model.json', 'old']]; // prettier-ignore
    writeFiles(folder, new Map(first), PARTS);
  });

  it('replaces an export, and removes its parts that the new one does not have', () => {
    expect(writeFiles(folder, new Map([['part-1of1', 'new 1'], ['model.json', 'new']]), PARTS)).toEqual(['part-1of1', 'model.json']); // prettier-ignore
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'part-1of1']);
    expect(readFileSync(join(folder, 'model.json'), 'utf8')).toBe('new');
  });

  it('leaves the earlier export as it was when a file cannot be written', () => {
    const files = new Map([['part-1of2', 'new 1'], ['missing/part-2of2', 'new 2'], ['model.json', 'new']]); // prettier-ignore
    expect(() => writeFiles(folder, files, PARTS)).toThrow(
      `${folder}: the export cannot be written (there is no such file or folder). Check the folder`,
    );
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'part-1of2', 'part-2of2']);
    expect(readFileSync(join(folder, 'part-1of2'), 'utf8')).toBe('old 1');
  });
});
