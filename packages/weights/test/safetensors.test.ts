import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WeightsError } from '@featuremine/errors';
import fc from 'fast-check';
import { readSafetensors, writeSafetensors, type StateDict, type StoredTensor } from '../src';

const folder = mkdtempSync(join(tmpdir(), 'weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => join(__dirname, 'fixtures', name);

/** A file with this header text and this many zero bytes of data. */
function fileOf(header: string, dataBytes: number, name = 'made.safetensors'): string {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(dataBytes)]));
  return path;
}

describe('readSafetensors', () => {
  it('reads all types of a file that the Python package wrote', () => {
    const { tensors, metadata } = readSafetensors(fixture('state.safetensors'));
    expect([...metadata]).toEqual([['format', 'pt']]);
    expect(tensors.get('conv1.weight')!.shape).toEqual([2, 3, 2, 2]);
    expect(tensors.get('conv1.weight')!.data).toEqual(Float32Array.from({ length: 24 }, (_, i) => i / 8 - 1));
    expect(tensors.get('fc.weight')!.data.slice(0, 4)).toEqual(Float32Array.of(-1, 0.5, -0.875, 0.625));
    // 6e-8 is between the half-precision numbers 1·2⁻²⁴ and 2·2⁻²⁴, nearer to the first.
    expect(tensors.get('half')!.data).toEqual(Float32Array.of(1, -0.5, 65504, 2 ** -24));
    expect([...(tensors.get('brain')!.data as Float32Array)].slice(0, 2)).toEqual([1, -3.140625]);
    expect(tensors.get('double')!.data).toEqual(Float64Array.of(0.1));
    expect(tensors.get('int')!.data).toEqual(Int32Array.of(-1, 2));
    expect(tensors.get('byte')!.data).toEqual(Uint8Array.of(0, 255));
    expect(tensors.get('bool')!.data).toEqual(Uint8Array.of(1, 0));
    expect(tensors.get('bn1.num_batches_tracked')).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(12n) });
  });

  it('reads only the tensors that are asked for', () => {
    expect([...readSafetensors(fixture('state.safetensors'), (name) => name === 'int').tensors.keys()]).toEqual([
      'int',
    ]);
  });

  const good = '"data_offsets":[0,8]';
  it.each([
    ['a header that is not JSON', '{"a":', 8, 'not JSON'],
    ['a header that is a list', '[]', 0, 'no JSON object'],
    ['an unknown type', `{"a":{"dtype":"F8","shape":[2],${good}}}`, 8, 'dtype "F8"'],
    ['a type from Object.prototype', `{"a":{"dtype":"constructor","shape":[2],${good}}}`, 8, 'dtype "constructor"'],
    ['a negative size', `{"a":{"dtype":"F32","shape":[-2],${good}}}`, 8, 'shape [-2]'],
    ['a fractional size', `{"a":{"dtype":"F32","shape":[2.5],${good}}}`, 8, 'shape [2.5]'],
    ['a shape of another length', `{"a":{"dtype":"F32","shape":[3],${good}}}`, 8, 'expected 12 bytes'],
    [
      'a shape whose product overflows',
      `{"a":{"dtype":"U8","shape":[4294967296,4294967296],${good}}}`,
      8,
      'has 8 bytes',
    ],
    ['no shape', `{"a":{"dtype":"F32",${good}}}`, 8, 'shape none'],
    ['falling offsets', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}', 8, 'data_offsets [8,0]'],
    ['offsets past the end', '{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 8, 'take 16 bytes'],
    ['data after the last tensor', `{"a":{"dtype":"F32","shape":[2],${good}}}`, 9, 'take 8 bytes'],
    [
      'a hole',
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}',
      3,
      'leaves a hole',
    ],
    [
      'an overlap',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
      3,
      'overlaps',
    ],
    ['metadata that is no text', '{"__metadata__":{"a":1}}', 0, 'is no text'],
    ['a tensor that is a number', '{"a":1}', 0, 'is no object'],
  ])('refuses %s', (_, header, dataBytes, message) => {
    const path = fileOf(header, dataBytes);
    expect(() => readSafetensors(path)).toThrow(WeightsError);
    expect(() => readSafetensors(path)).toThrow(message);
    expect(() => readSafetensors(path)).toThrow(path);
  });

  it('refuses a header length beyond the file without allocating it', () => {
    const path = join(folder, 'long.safetensors');
    writeFileSync(path, Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 0x7b]));
    expect(() => readSafetensors(path)).toThrow('a header of 9223372036854775807 bytes, expected at most 1');
  });

  it('refuses a header that is not UTF-8', () => {
    const path = join(folder, 'latin.safetensors');
    writeFileSync(path, Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe]));
    expect(() => readSafetensors(path)).toThrow('not UTF-8');
  });

  it('names a file that does not exist, and a folder', () => {
    expect(() => readSafetensors(join(folder, 'none'))).toThrow('there is no such file or folder');
    expect(() => readSafetensors(folder)).toThrow(/: a folder, expected a file\. Name the file itself/);
  });

  it('does not wait for a pipe', () => {
    const pipe = join(folder, 'pipe.safetensors');
    execFileSync('mkfifo', [pipe]);
    expect(() => readSafetensors(pipe)).toThrow(/: a pipe or a device, expected a file/);
  });

  it('takes __proto__ as a name like any other', () => {
    const path = fileOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1);
    expect([...readSafetensors(path).tensors.keys()]).toEqual(['__proto__']);
    expect(Object.prototype).not.toHaveProperty('dtype');
  });

  it('throws nothing but WeightsError for a damaged file', () => {
    const whole = readFileSync(fixture('state.safetensors'));
    const path = join(folder, 'damaged.safetensors');
    const damage = fc.record({
      at: fc.nat({ max: 1400 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      length: fc.option(fc.nat({ max: whole.length })),
    });
    fc.assert(
      fc.property(damage, ({ at, bytes, length }) => {
        const copy = Buffer.from(whole);
        copy.set(bytes, Math.min(at, copy.length - bytes.length));
        writeFileSync(path, copy.subarray(0, length ?? copy.length));
        try {
          readSafetensors(path);
        } catch (error) {
          expect(error).toBeInstanceOf(WeightsError);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('writeSafetensors', () => {
  it('writes what reads back, in every type', () => {
    const { tensors } = readSafetensors(fixture('state.safetensors'));
    const path = join(folder, 'again.safetensors');
    writeSafetensors(path, tensors, { author: 'a test' });
    const again = readSafetensors(path);
    expect([...again.metadata]).toEqual([['author', 'a test']]);
    expect(new Map([...again.tensors].sort())).toEqual(new Map([...tensors].sort()));
  });

  it('writes the bytes that the Python package writes', () => {
    const { tensors } = readSafetensors(fixture('state.safetensors'));
    const path = join(folder, 'bytes.safetensors');
    writeSafetensors(path, tensors, { format: 'pt' });
    expect(readFileSync(path).equals(readFileSync(fixture('state.safetensors')))).toBe(true);
  });

  it('rounds to half precision and to bfloat16 with ties to even', () => {
    const path = join(folder, 'halves.safetensors');
    // 2049 and 2051 lie midway between half-precision neighbours; 257 and 259 between bfloat16 neighbours.
    const values = Float32Array.of(2049, 2051, 70000, -(2 ** -25), 257, 259, -Infinity);
    const of = (dtype: 'F16' | 'BF16'): StoredTensor => ({ dtype, shape: [7], data: values });
    writeSafetensors(path, new Map([['h', of('F16')], ['b', of('BF16')]])); // prettier-ignore
    const { tensors } = readSafetensors(path);
    expect([...(tensors.get('h')!.data as Float32Array)]).toEqual([2048, 2052, Infinity, -0, 257, 259, -Infinity]);
    expect([...(tensors.get('b')!.data as Float32Array)].slice(4)).toEqual([256, 260, -Infinity]);
  });

  it('gives back any names, shapes and numbers', () => {
    const path = join(folder, 'any.safetensors');
    const tensor = fc.array(fc.nat({ max: 4 }), { maxLength: 4 }).chain((shape) =>
      fc
        .array(fc.float(), {
          minLength: shape.reduce((a, b) => a * b, 1),
          maxLength: shape.reduce((a, b) => a * b, 1),
        })
        .map((data): StoredTensor => ({ dtype: 'F32', shape, data: Float32Array.from(data) })),
    );
    const dict = fc.uniqueArray(fc.tuple(fc.string().filter((name) => name !== '__metadata__'), tensor), { maxLength: 5, selector: ([name]) => name }); // prettier-ignore
    fc.assert(
      fc.property(dict, (pairs) => {
        const tensors: StateDict = new Map(pairs);
        writeSafetensors(path, tensors);
        expect(readSafetensors(path).tensors).toEqual(tensors);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('leaves the old file, and no temporary one, when a tensor contradicts its shape', () => {
    const path = join(folder, 'kept.safetensors');
    writeSafetensors(path, new Map([['a', { dtype: 'U8', shape: [1], data: Uint8Array.of(7) }]]));
    const wrong: StateDict = new Map([['a', { dtype: 'F32', shape: [3], data: Float32Array.of(1) }]]);
    expect(() => writeSafetensors(path, wrong)).toThrow('tensor a: 1 numbers, expected the 3 of shape [3]');
    expect(readSafetensors(path).tensors.get('a')!.data).toEqual(Uint8Array.of(7));
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('refuses a dtype that the array is not', () => {
    const wrong: StateDict = new Map([['a', { dtype: 'F64', shape: [1], data: Float32Array.of(1) }]]);
    expect(() => writeSafetensors(join(folder, 'x'), wrong)).toThrow('expected Float64Array');
  });

  it('names a folder that does not exist', () => {
    expect(() => writeSafetensors(join(folder, 'none', 'x'), new Map())).toThrow(
      'cannot be written (there is no such file or folder)',
    );
  });
});
