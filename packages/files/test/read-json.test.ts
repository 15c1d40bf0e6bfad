import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson } from '../src';
import { countJsonValues } from '../src/count-json-values';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-json-'));
  path = join(folder, 'a.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('readJson', () => {
  it('reads a file with or without a byte order mark', () => {
    for (const mark of ['', '\uFEFF']) {
      writeFileSync(path, `${mark}{"a":[1,"\\"{"]}`);
      expect(readJson(path)).toEqual({ a: [1, '"{'] });
    }
  });

  it('names a file that is missing, damaged, a folder, a pipe or too large', () => {
    expect(() => readJson(path)).toThrow(`${path}: there is no such file or folder, expected a JSON file.`);
    writeFileSync(path, '{');
    expect(() => readJson(path)).toThrow(/no valid JSON/);
    expect(() => readJson(folder)).toThrow(/a folder, expected a file/);
    truncateSync(path, 2 ** 29);
    expect(() => readJson(path)).toThrow(/536870912 bytes, expected at most 536870888/);
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => readJson(pipe)).toThrow(/a pipe or a device, expected a file/);
  });

  it('refuses more objects and lists than any data set has, without parsing them', () => {
    writeFileSync(path, Buffer.alloc(32_000_001, '['));
    expect(() => readJson(path)).toThrow(/32000001 objects, lists and properties, and 0 commas, expected at most/);
  });
});

describe('countJsonValues', () => {
  it('counts objects, lists, properties and commas, but not in texts', () => {
    const count = (value: unknown) => countJsonValues(Buffer.from(JSON.stringify(value)));
    expect(count([1, 2, 3])).toEqual({ elements: 1, separators: 2 });
    expect(count({ a: 1, b: [{}] })).toEqual({ elements: 5, separators: 1 });
    expect(count(['[{:,"\\', '\\"[', 1])).toEqual({ elements: 1, separators: 2 });
  });
});
