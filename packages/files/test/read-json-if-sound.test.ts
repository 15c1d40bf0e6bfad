import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJsonIfSound } from '../src';

describe('readJsonIfSound', () => {
  const folder = mkdtempSync(join(tmpdir(), 'read-json-if-sound-'));
  const path = join(folder, 'a.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a sound file', () => {
    writeFileSync(path, '{"a":[1]}');
    expect(readJsonIfSound(path)).toEqual({ a: [1] });
  });

  it('is undefined for a file that is missing, cut off, empty or nested too deep', () => {
    expect(readJsonIfSound(join(folder, 'missing.json'))).toBeUndefined();
    for (const text of ['{"a":[1', '', '['.repeat(100_000)]) {
      writeFileSync(path, text);
      expect(readJsonIfSound(path)).toBeUndefined();
    }
  });

  it('throws where something is there that cannot be read', () => {
    expect(() => readJsonIfSound(folder)).toThrow('EISDIR');
  });
});
