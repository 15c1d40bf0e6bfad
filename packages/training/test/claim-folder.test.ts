import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../src/claim-folder';

const parent = mkdtempSync(join(tmpdir(), 'claim-folder-'));
const folder = join(parent, 'work');
afterAll(() => rmSync(parent, { recursive: true }));

function claim(options: Readonly<Record<string, unknown>>): () => void {
  return () => claimFolder(folder, { file: 'work.json', options, what: 'a work', fix: 'Give --out another folder' });
}

describe('claimFolder', () => {
  it('makes the folder and keeps the options in it', () => {
    claim({ lr: 0.1, classes: undefined, sizes: [1, 2] })();
    expect(JSON.parse(readFileSync(join(folder, 'work.json'), 'utf8'))).toEqual({ lr: 0.1, sizes: [1, 2] });
  });

  it('lets the same options go on', () => {
    expect(claim({ lr: 0.1, sizes: [1, 2] })).not.toThrow();
  });

  it('refuses other options, by their values from before', () => {
    expect(claim({ lr: 0.2, sizes: [1, 2, 3], seed: 1 })).toThrow(
      `${folder}: a work with other options (lr: 0.1, sizes: [1,2], seed: undefined). Give --out another folder`,
    );
  });

  it('refuses a file without options', () => {
    writeFileSync(join(folder, 'work.json'), '7');
    expect(claim({ lr: 0.1 })).toThrow(/work\.json: no options, expected those of a work/);
  });
});
