import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EventFile } from '../src';
import { crc32c, maskedCrc32c } from '../src/crc32c';
import { temporaryFolder } from './support/run-files';

describe('crc32c', () => {
  it('gives the check value of CRC-32C and the values of RFC 3720, B.4', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  });
});

describe('EventFile', () => {
  function recordsOf(path: string): Buffer[] {
    const bytes = readFileSync(path);
    const records: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = Number(bytes.readBigUInt64LE(at));
      expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
      const data = bytes.subarray(at + 12, at + 12 + length);
      expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
      records.push(data);
      at += 16 + length;
    }
    return records;
  }

  it('writes a version record, the start of a resumed session, and scalars, each behind the time', () => {
    const folder = temporaryFolder();
    const file = new EventFile(folder, 300);
    file.scalars(301, { loss: 0.5 });
    file.close();
    const [name] = readdirSync(folder);
    expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
    const [version, session, scalars] = recordsOf(join(folder, name));
    // Field 1 is the time: a tag byte and eight bytes.
    expect(version.subarray(9).toString('latin1')).toBe('\x1a\x0dbrain.Event:2');
    // Field 2, step 300 = 0xac 0x02; field 7 with status 1.
    expect([...session.subarray(9)]).toEqual([0x10, 0xac, 0x02, 0x3a, 2, 0x08, 1]);
    // Field 2, step 301; field 5 with one value: name "loss" (field 1), 0.5 as float32 (field 2).
    const value = [0x0a, 4, 0x6c, 0x6f, 0x73, 0x73, 0x15, 0, 0, 0, 0x3f];
    expect([...scalars.subarray(9)]).toEqual([0x10, 0xad, 0x02, 0x2a, 13, 0x0a, 11, ...value]);
  });

  it('writes an image with its size', () => {
    const folder = temporaryFolder();
    const file = new EventFile(folder);
    file.pictures(3, [{ name: 'p', width: 300, height: 2, encoded: Uint8Array.of(9, 8) }]);
    file.close();
    const [, pictures] = recordsOf(join(folder, readdirSync(folder)[0]));
    // height 2 (field 1), width 300 = 0xac 0x02 (field 2), RGB = 3 (field 3), the bytes (field 4)
    const image = [0x08, 2, 0x10, 0xac, 0x02, 0x18, 3, 0x22, 2, 9, 8];
    // step 3; a summary with one value: name "p" (field 1), the image (field 4)
    expect([...pictures.subarray(9)]).toEqual([0x10, 3, 0x2a, 18, 0x0a, 16, 0x0a, 1, 0x70, 0x22, 11, ...image]);
  });

  it('makes a file of its own each time', () => {
    const folder = temporaryFolder();
    new EventFile(folder).close();
    new EventFile(folder).close();
    expect(readdirSync(folder)).toHaveLength(2);
  });
});
