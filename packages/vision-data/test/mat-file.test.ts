import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { MatFault, readStructArray } from '../src/mat-file';

const runs = process.env['FEATUREMINE_LONG'] === '1' ? 5000 : 500;
const fixture = readFileSync(join(__dirname, 'fixtures', 'ilsvrc-meta.mat'));

/** An element of a MAT file, padded to 8 bytes. */
function element(type: number, data: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

/** An element of up to 4 bytes, which stand in its tag, as MATLAB writes small ones. */
function small(type: number, data: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt16LE(type);
  tag.writeUInt16LE(data.length, 2);
  data.copy(tag, 4);
  return tag;
}

function matrix(classId: number, sizes: readonly number[], rest: Buffer, name = ''): Buffer {
  const flags = Buffer.alloc(8);
  flags.writeUInt8(classId);
  const dimensions = Buffer.from(Int32Array.from(sizes).buffer);
  return element(14, Buffer.concat([element(6, flags), element(5, dimensions), element(1, Buffer.from(name)), rest]));
}

describe('readStructArray', () => {
  it('reads what SciPy wrote, compressed', () => {
    const synsets = readStructArray(fixture, 'synsets');
    const rows = synsets.map((row) => ['ILSVRC2012_ID', 'WNID', 'words', 'num_children'].map((key) => row.get(key)));
    expect(rows).toEqual([
      [1, 'n02119789', 'kit fox, Vulpes macrotis', 0],
      [2, 'n01440764', 'tench, Tinca tinca', 0],
      [1001, 'n00000001', 'animal', 2],
    ]);
    expect(synsets[2].get('children')).toBeUndefined();
  });

  it("reads MATLAB's own forms: small elements, numbers stored shorter than their class, 16-bit texts", () => {
    const id = matrix(6, [1, 1], small(2, Buffer.from([7]))); // a double, stored as one byte
    const wide = matrix(6, [1, 1], small(4, Buffer.from([0x2c, 1]))); // a double, stored as 300 in two bytes
    const text = matrix(4, [1, 3], element(4, Buffer.from('n\0é\0ß\0', 'latin1')));
    const fields = Buffer.concat([
      small(5, Buffer.from([5, 0, 0, 0])),
      element(1, Buffer.from('id\0\0\0num\0\0wnid\0')),
    ]);
    const variable = matrix(2, [1, 1], Buffer.concat([fields, id, wide, text]), 'synsets');
    const header = Buffer.alloc(128, 0x20);
    header.write('IM', 126);
    const [row] = readStructArray(Buffer.concat([header, variable]), 'synsets');
    expect([...row]).toEqual([
      ['id', 7],
      ['num', 300],
      ['wnid', 'néß'],
    ]);
  });

  it('names a variable that is not there', () => {
    expect(() => readStructArray(fixture, 'other')).toThrow(/no struct array "other"/);
  });

  it('throws nothing but MatFault for damaged files', () => {
    fc.assert(
      fc.property(fc.nat(fixture.length), fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, bytes) => {
        const copy = Buffer.from(fixture);
        copy.set(bytes, Math.min(at, copy.length - bytes.length));
        try {
          readStructArray(copy.subarray(0, at % 7 === 0 ? at : copy.length), 'synsets');
        } catch (error) {
          expect(error).toBeInstanceOf(MatFault);
        }
      }),
      { numRuns: runs, seed: 7 },
    );
  });
});
