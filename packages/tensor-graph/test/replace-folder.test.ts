import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFolder } from '../src/installer/replace-folder';

describe('replaceFolder', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'replace-folder-'));
    folder = join(parent, 'deps');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a'), 'old');
  });

  const content = (): string => readFileSync(join(folder, 'a'), 'utf8');
  const make = (fresh: string): Promise<void> => {
    mkdirSync(fresh);
    writeFileSync(join(fresh, 'a'), 'new');
    return Promise.resolve();
  };

  it('puts the new folder in the place of the old one, and leaves nothing else', async () => {
    await replaceFolder(folder, { make, finish: () => Promise.resolve(writeFileSync(join(folder, 'b'), content())) });
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('new');
    expect(readdirSync(parent)).toEqual(['deps']);
  });

  it('keeps the old folder while the new one is made, and when that fails', async () => {
    const offline = async (fresh: string): Promise<void> => {
      await make(fresh);
      expect(content()).toBe('old');
      throw new Error('offline');
    };
    const finish = jest.fn();
    await expect(replaceFolder(folder, { make: offline, finish })).rejects.toThrow('offline');
    expect(finish).not.toHaveBeenCalled();
    expect(content()).toBe('old');
    expect(readdirSync(parent)).toEqual(['deps']);
  });

  it('brings the old folder back when the work behind the swap fails', async () => {
    const finish = (): Promise<void> => Promise.reject(new Error('no compiler'));
    await expect(replaceFolder(folder, { make, finish })).rejects.toThrow('no compiler');
    expect(content()).toBe('old');
    expect(readdirSync(parent)).toEqual(['deps']);
  });

  it('makes a folder where there was none, also where an earlier call was killed', async () => {
    const other = join(parent, 'other');
    for (const name of ['other.new', 'other.old']) mkdirSync(join(parent, name));
    await replaceFolder(other, { make, finish: () => Promise.resolve() });
    expect(readFileSync(join(other, 'a'), 'utf8')).toBe('new');
    expect(readdirSync(parent).sort()).toEqual(['deps', 'other']);
  });
});
