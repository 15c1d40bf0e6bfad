import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WeightsError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import { PickleFault, readSafetensors, readStateDict, readTorchCheckpoint, unpickle } from '../src';
import { storedZip } from './stored-zip';

const isLong = process.env['FEATUREMINE_LONG'] === '1';
const rounds = isLong ? 60_000 : 1_500;
const slowestMs = 2000;

const folder = mkdtempSync(join(tmpdir(), 'weights-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The processor's time of this process: unlike the clock, the same on a busy machine. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs `read`: a result, or the named error; anything else, and what takes long or much memory, fails the test. */
function outcome(read: () => unknown, named: abstract new (...args: never[]) => Error, what: () => string): string {
  const startMs = processorMs();
  let result = 'read';
  try {
    read();
  } catch (error) {
    if (!(error instanceof named)) throw new Error(`${what()}: ${String(error)}`, { cause: error });
    result = error.message;
  }
  const tookMs = processorMs() - startMs;
  if (tookMs > slowestMs) throw new Error(`${what()}: took ${tookMs} ms`);
  return result;
}

function safetensors(header: string | Buffer, dataBytes: number, lengthClaim?: bigint): string {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(lengthClaim ?? BigInt(text.length));
  const path = join(folder, 'made.safetensors');
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(dataBytes)]));
  return path;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('readSafetensors on made-up headers', () => {
  const numbers = [0, 1, 2, 8, 16, 64, -1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -0];
  const dtypes = ['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'U8', 'BOOL', 'F8', 'f32', '', '__proto__', 'toString'];
  const odd = ['null', 'true', '"x"', '{}', '[]', '1e999', nested(5), '"\\ud800"'];

  /** An entry of bytes begin…end that is right, but for a field in ten. */
  function entry(random: Random, begin: number, end: number): string {
    const value = (good: unknown, bad: () => unknown): string => {
      if (!random.chance(0.1)) return JSON.stringify(good);
      return random.chance(0.3) ? random.pick(odd) : JSON.stringify(bad());
    };
    const some = (length: number): number[] => Array.from({ length }, () => random.pick(numbers));
    const dtype = value('U8', () => random.pick(dtypes));
    const shape = value([end - begin], () => some(random.integer(4)));
    const offsets = value([begin, end], () => some(2));
    const fields = [`"dtype":${dtype}`, `"shape":${shape}`, `"data_offsets":${offsets}`];
    return `{${fields.filter(() => !random.chance(0.03)).join(',')}}`;
  }

  function header(random: Random): { text: string; dataBytes: number } {
    const names = ['a', 'b', '__proto__', '__metadata__', 'constructor', ''];
    let dataBytes = 0;
    const entries = Array.from({ length: 1 + random.integer(3) }, () => {
      const begin = dataBytes;
      dataBytes += random.pick([0, 1, 2, 8]);
      return `${JSON.stringify(random.pick(names))}:${entry(random, begin, dataBytes)}`;
    });
    const text = `{${entries.join(',')}}`;
    return { text: random.chance(0.1) ? text.slice(0, random.integer(text.length)) : text, dataBytes };
  }

  it(`gives tensors within the file or a WeightsError in ${rounds} rounds`, () => {
    const random = Random.of(41, 'safetensors');
    const counts = { read: 0, refused: 0 };
    for (let round = 0; round < rounds; round++) {
      const { text, dataBytes } = header(random);
      const claims = [0n, 2n ** 63n, 2n ** 64n - 1n, BigInt(text.length + 1)];
      const path = safetensors(text, dataBytes, random.chance(0.1) ? random.pick(claims) : undefined);
      const read = (): void => {
        const { tensors } = readSafetensors(path);
        const bytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
        if (bytes > 2 * dataBytes) throw new Error(`${bytes} bytes from ${dataBytes}`);
      };
      counts[outcome(read, WeightsError, () => text) === 'read' ? 'read' : 'refused']++;
    }
    // Both happen, so both are tested.
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(rounds / 100);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each([
    ['a dtype that is nested deeply', `{"a":{"dtype":${nested(100_000)},"shape":[],"data_offsets":[0,0]}}`],
    ['a shape that is nested deeply', `{"a":{"dtype":"F32","shape":${nested(100_000)},"data_offsets":[0,0]}}`],
    ['metadata that is nested deeply', `{"__metadata__":{"a":${nested(100_000)}}}`],
    ['brackets without end', '['.repeat(1_000_000)],
  ])('refuses %s', (_, header) => {
    expect(
      outcome(
        () => readSafetensors(safetensors(header, 0)),
        WeightsError,
        () => 'nested',
      ),
    ).toContain('not JSON');
  });

  it('refuses more tensors than any network has', () => {
    const one = (_: unknown, i: number): string => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;
    const path = safetensors(`{${Array.from({ length: 100_001 }, one).join(',')}}`, 0);
    expect(() => readSafetensors(path)).toThrow('100001 tensors, expected at most 100000');
  });

  it('refuses a file of a terabyte by its size, before it is read', () => {
    const size = 2 ** 40;
    const path = safetensors(`{"a":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`, 0);
    truncateSync(path, size); // A hole: it takes no space.
    expect(() => readSafetensors(path)).toThrow(`${size} bytes, expected at most 8589934592`);
    expect(() => readStateDict(path)).toThrow(WeightsError);
  });
});

describe('unpickle on made-up programs', () => {
  const uint32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return bytes;
  };
  const simple = ['(', 'N', '\x88', '\x89', ']', ')', '\x8f', '}', 't', 'l', '\x85', '\x86', '\x87', 'a', 'e', '\x90'];
  const others = ['s', 'u', '\x94', '0', '\x93', 'R', '\x81', 'b', 'Q', '1', '2', 'd', '\x91', 'i', 'o', 'P', 'I', 'F'];

  function instruction(random: Random): Buffer {
    const text = (value: string): Buffer => Buffer.from(value, 'latin1');
    switch (random.integer(12)) {
      case 0:
        return Buffer.concat([text('X'), uint32(random.pick([0, 1, 2, 2 ** 31, 2 ** 32 - 1])), text('ab')]);
      case 1:
        return text(`K${String.fromCharCode(random.integer(256))}`);
      case 2:
        return text(`c${random.pick(['os', 'posix', 'builtins', 'torch', '__builtin__', 'collections'])}\n${random.pick(['system', 'eval', 'FloatStorage', 'OrderedDict', '__import__', 'getattr'])}\n`); // prettier-ignore
      case 3:
        return Buffer.concat([text('J'), uint32(random.integer(2 ** 31))]);
      case 4:
        return text(`\x8a${String.fromCharCode(random.integer(9))}${'\xff'.repeat(random.integer(9))}`);
      case 5:
        return text(`${random.pick(['q', 'h'])}${String.fromCharCode(random.integer(4))}`);
      case 6:
        return Buffer.concat([text(random.pick(['r', 'j', 'B', 'T'])), uint32(random.integer(2 ** 31))]);
      case 7:
        return text(String.fromCharCode(random.integer(256)));
      default:
        return text(random.chance(0.7) ? random.pick(simple) : random.pick(others));
    }
  }

  it(`gives a value or a PickleFault in ${rounds} rounds, and reaches no name that is not on its list`, () => {
    const random = Random.of(42, 'pickle');
    const asked = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const program = Array.from({ length: 1 + random.integer(30) }, () => instruction(random));
      const bytes = Buffer.concat([Buffer.from('\x80\x02', 'latin1'), ...program, Buffer.from('.')]);
      const read = (): unknown =>
        unpickle(bytes, {
          global: (name) => {
            asked.add(name);
            return name === 'collections.OrderedDict' ? { kind: 'global', name, call: () => new Map() } : undefined;
          },
          persistent: () => null,
          strings: round % 2 === 0 ? 'utf8' : 'bytes',
        });
      outcome(read, PickleFault, () => bytes.toString('hex'));
    }
    expect(asked.has('posix.system')).toBe(true);
  });

  it.each(['}', ')0'])('refuses 64 MiB of %j by the number of opcodes', (opcodes) => {
    const bytes = Buffer.alloc(64 * 2 ** 20, opcodes, 'latin1');
    const before = process.memoryUsage().rss;
    expect(() => unpickle(bytes, { global: () => undefined, persistent: () => null })).toThrow('2000000 opcodes');
    expect(process.memoryUsage().rss - before).toBeLessThan(1.5 * 2 ** 30);
  });
});

describe('readTorchCheckpoint on zip bombs', () => {
  const pickle = Buffer.from('\x80\x02}.', 'latin1');

  it('refuses entries that share bytes', () => {
    const path = join(folder, 'overlap.pth');
    const entries = Array.from({ length: 200 }, (_, i) => ({ name: `a/data/${i}`, content: Buffer.alloc(10_000) }));
    const zip = storedZip([{ name: 'a/data.pkl', content: pickle }, ...entries], { sharedFrom: 1 });
    writeFileSync(path, zip);
    expect(zip.length).toBeLessThan(50_000);
    expect(() => readTorchCheckpoint(path)).toThrow('zip entries that overlap');
  });

  it('refuses deflated entries that claim much memory, before any is made', () => {
    const path = join(folder, 'bomb.pth');
    const claim = { method: 8, claimBytes: 1_000_000_000 };
    const content = Buffer.alloc(1_000_000);
    const bombs = [0, 1].map((i) => ({ name: `a/data/${i}`, content, ...claim }));
    writeFileSync(path, storedZip([{ name: 'a/data.pkl', content: pickle }, ...bombs]));
    expect(() => readTorchCheckpoint(path)).toThrow('deflated entries of 2000000000 bytes, expected at most');
  });
});
