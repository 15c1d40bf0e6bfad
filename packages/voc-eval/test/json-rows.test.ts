import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { isJsonList, jsonRows } from '../src/inputs/json-rows';
import { newFolder } from './support/run';

const folder = newFolder();
const file = join(folder, 'rows.json');
const rowsOf = (text: string): unknown[] => {
  writeFileSync(file, text);
  return [...jsonRows(file)];
};

describe('jsonRows', () => {
  it('gives the elements of a list that is larger than a batch and a chunk, texts with brackets and commas included', () => {
    const rows = Array.from({ length: 310_000 }, (_, i) => ({ i, name: `},[${i % 7}"\\ é`, box: [1, [2], { a: [] }] }));
    const text = JSON.stringify(rows);
    expect(text.length).toBeGreaterThan(16_777_216);
    // As texts: to compare 310,000 rows one by one takes ten seconds.
    expect(JSON.stringify(rowsOf(text)) === text).toBe(true);
  });

  it('reads a list on lines, with a byte order mark, and an empty one', () => {
    expect(rowsOf('\uFEFF[\n 1,\n 2\n]\n')).toEqual([1, 2]);
    expect(rowsOf('[]')).toEqual([]);
  });

  it.each(['', '{"a": 1}', '[1,2', '[1] 2', '[1,,2]', '[1,]', `[${'1,'.repeat(1_500_000)}}]`])(
    'refuses %.20s',
    (text) => {
      expect(() => rowsOf(text)).toThrow(DatasetError);
    },
  );

  it('refuses an element that is larger than any result', () => {
    writeFileSync(file, Buffer.alloc(80 << 20, 'a'));
    expect(() => [...jsonRows(file)]).toThrow(`${file}: an element of more than 67108864 bytes, expected a list`);
  });

  it('does not wait for a pipe, nor does isJsonList', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const read of [isJsonList, (path: string) => [...jsonRows(path)]]) {
      expect(() => read(pipe)).toThrow(/a pipe or a device, expected a file/);
    }
  });
});
