import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync, writeSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DatasetError, FileError } from '@featuremine/errors';
import { readShardTable } from '../src/records/shard-table';
import { withScratchFolder } from './scratch';

const entry = { file: 'a.records', count: 1, sizeBytes: 0, tableCrc: 0 };

describe('readShardTable', () => {
  it('allocates no table that the file cannot hold, or that no shard has', () =>
    withScratchFolder((folder) => {
      const path = join(folder, 'a.records');
      writeFileSync(path, '');
      for (const [sizeBytes, count] of [
        [48, 1],
        [2 ** 36, 5e9],
        [2 ** 36, 6e9],
      ]) {
        truncateSync(path, sizeBytes);
        const read = (): unknown => readShardTable(path, { ...entry, count, sizeBytes });
        expect(read).toThrow(DatasetError);
        expect(read).toThrow(`a shard of ${sizeBytes} bytes, expected one with a table of ${count} records`);
      }
    }));

  it('refuses a record of more than 512 MiB', () =>
    withScratchFolder((folder) => {
      const path = join(folder, 'a.records');
      const start = 16 + 600 * 2 ** 20;
      const table = Buffer.alloc(12);
      table.writeUInt32LE(start - 16, 0);
      const trailer = Buffer.alloc(32);
      trailer.write('FMRECS01', 'latin1');
      trailer.writeUInt32LE(1, 8);
      trailer.writeUInt32LE(crc32(table), 12);
      trailer.writeBigUInt64LE(BigInt(start), 16);
      const descriptor = openSync(path, 'w');
      writeSync(descriptor, Buffer.concat([table, trailer]), 0, 44, start);
      closeSync(descriptor);
      const known = { ...entry, sizeBytes: start + 44, tableCrc: crc32(table) };
      expect(() => readShardTable(path, known)).toThrow(/record 0 of 629145600 bytes, expected at most 536870912/);
    }));

  it('does not wait for a pipe', () =>
    withScratchFolder((folder) => {
      execFileSync('mkfifo', [join(folder, 'a.records')]);
      expect(() => readShardTable(join(folder, 'a.records'), entry)).toThrow(FileError);
    }));
});
