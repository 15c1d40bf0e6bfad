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
});
