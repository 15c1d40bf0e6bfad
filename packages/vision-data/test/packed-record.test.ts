import { crc32 } from 'node:zlib';
import { DatasetError } from '@featuremine/errors';
import fc from 'fast-check';
import { decodeRecord, encodeRecord } from '../src/records/packed-record';

const pixels = { label: 7, name: 'ü.png', content: 'pixels', width: 2, height: 1 } as const;

describe('a packed record', () => {
  it('holds what was packed', () => {
    const record = { ...pixels, payload: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const { payload, ...rest } = decodeRecord(encodeRecord(record), 'x');
    expect(rest).toEqual(pixels);
    expect([...payload]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('shows every changed or missing byte', () => {
    const bytes = encodeRecord({ ...pixels, payload: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const copy = Uint8Array.from(bytes);
        copy[at] ^= change;
        expect(() => decodeRecord(copy, 'a, record 3')).toThrow(/^a, record 3: the record is damaged/);
        expect(() => decodeRecord(bytes.subarray(0, at), 'x')).toThrow(/damaged/);
      }),
    );
  });

  /** The record with other bytes behind its checksum, which fits them. */
  function forged(change: (bytes: Buffer) => void): Buffer {
    const bytes = encodeRecord({ ...pixels, payload: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    change(bytes);
    bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
    return bytes;
  }

  it.each<[string, (bytes: Buffer) => void, RegExp]>([
    ['a name that is longer than the record', longName, /its parts do not fit its length/],
    ['no pixels', (bytes) => bytes.fill(0, 12, 20), /its pixels are incomplete/],
    ['more pixels than memory', (bytes) => bytes.fill(0xff, 12, 20), /its pixels are incomplete/],
  ])('is refused with a checksum that fits and %s', (_what, change, message) => {
    expect(() => decodeRecord(forged(change), 'a, record 3')).toThrow(message);
  });

  function longName(bytes: Buffer): void {
    bytes.writeUInt32LE(0, 0);
    bytes.writeUInt16LE(65_535, 20);
  }

  it('is a picture or a DatasetError, whatever its bytes are', () => {
    const change = fc.tuple(fc.nat(32), fc.constantFrom(0, 1, 0x7f, 0xff));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        const bytes = forged((record) => changes.forEach(([at, value]) => (record[at % record.length] = value)));
        try {
          const { content, width, height, payload } = decodeRecord(bytes, 'x');
          if (content === 'pixels') expect(payload.length).toBe(3 * width * height);
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError);
        }
      }),
      { numRuns: 2000, seed: 12 },
    );
  });
});
