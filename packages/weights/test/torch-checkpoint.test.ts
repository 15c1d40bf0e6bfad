import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WeightsError } from '@featuremine/errors';
import fc from 'fast-check';
import { readSafetensors, readStateDict, readTorchCheckpoint } from '../src';

const folder = mkdtempSync(join(tmpdir(), 'weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => join(__dirname, 'fixtures', name);

describe('readTorchCheckpoint', () => {
  it.each(['state.pth', 'deflated.pth'])('reads from %s what the safetensors file holds', (name) => {
    const { tensors } = readSafetensors(fixture('state.safetensors'));
    const found = readTorchCheckpoint(fixture(name));
    expect(new Map([...found].sort())).toEqual(new Map([...tensors].sort()));
  });

  it('takes the model out of a training checkpoint', () => {
    const tensors = readTorchCheckpoint(fixture('checkpoint.pth'));
    expect([...tensors]).toEqual([['weight', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]);
  });

  it('refuses a class that is not on the list, by its name', () => {
    expect(() => readTorchCheckpoint(fixture('attack.pth'))).toThrow(WeightsError);
    expect(() => readTorchCheckpoint(fixture('attack.pth'))).toThrow(/"(posix|nt)\.system", which is not read/);
  });

  it.each(['state.pth', 'deflated.pth', 'checkpoint.pth'])(
    'throws nothing but WeightsError for a damaged %s',
    (name) => {
      const whole = readFileSync(fixture(name));
      const path = join(folder, `damaged-${name}`);
      // Half of the changes go to the pickle at the front, where they do most harm, or to the directory at the end.
      const place = fc.oneof(fc.nat({ max: 1500 }), fc.nat({ max: 1500 }).map((back) => whole.length - back)); // prettier-ignore
      fc.assert(
        fc.property(place, fc.uint8Array({ minLength: 1, maxLength: 4 }), (at, bytes) => {
          const copy = Buffer.from(whole);
          copy.set(bytes, Math.max(0, Math.min(at, copy.length - bytes.length)));
          writeFileSync(path, copy);
          try {
            readTorchCheckpoint(path);
          } catch (error) {
            expect(error).toBeInstanceOf(WeightsError);
          }
        }),
        { numRuns: 300, seed: 3 },
      );
    },
  );
});

describe('readStateDict', () => {
  it('tells the formats apart by content', () => {
    const copied = join(folder, 'misnamed.safetensors');
    writeFileSync(copied, readFileSync(fixture('state.pth')));
    expect(readStateDict(copied).has('conv1.weight')).toBe(true);
    expect(readStateDict(fixture('state.safetensors')).has('conv1.weight')).toBe(true);
  });

  it('names a file of a third kind, and an empty one', () => {
    const path = join(folder, 'old.pth');
    writeFileSync(path, Buffer.from([0x80, 2, 0x8a, 10]));
    expect(() => readStateDict(path)).toThrow("PyTorch's format from before 1.6");
    writeFileSync(path, '');
    expect(() => readStateDict(path)).toThrow('a file of another format');
  });
});
