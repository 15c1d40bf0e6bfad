/** A Python value that a restricted pickle may hold; dicts are Maps, tuples and lists are arrays. */
export type PickleValue =
  null | boolean | number | bigint | string | Uint8Array | PickleValue[] | Map<PickleValue, PickleValue> | PickleObject;

/** A value that `UnpickleOptions` made; its meaning is the maker's. */
export interface PickleObject {
  readonly kind: string;
}

/** A class or function that the pickle names: `call` is what the pickle may do with it. */
export interface PickleGlobal extends PickleObject {
  readonly kind: 'global';
  readonly name: string;
  call(args: readonly PickleValue[]): PickleValue;
}

/** What a pickle may reach. */
export interface UnpickleOptions {
  /** The stand-in for `module.name`, or undefined to refuse it. */
  readonly global: (name: string) => PickleGlobal | undefined;
  /** Resolves a persistent id (PyTorch's reference to a storage). */
  readonly persistent: (id: PickleValue) => PickleValue;
  /** Takes the state that the pickle gives to an object (BUILD); without it, states are dropped. */
  readonly build?: (object: PickleValue, state: PickleValue) => void;
  /**
   * What Python 2's strings are: `utf8` texts (default), or `bytes`: texts of one character a byte up to 255 bytes, and
   * Uint8Array views of the pickle beyond.
   */
  readonly strings?: 'utf8' | 'bytes';
  /** Largest pickle that is read; 64 MiB by default. */
  readonly largestBytes?: number;
}

/** Why a pickle is refused. */
export class PickleFault extends Error {}

const mark = Symbol('mark');
type Slot = PickleValue | typeof mark;

/** Values on the stack, in the memo and in containers are bounded by the opcodes; 50,000 file names take 0.3 million. */
const mostOpcodes = 2_000_000;
const defaultLargestBytes = 64 * 2 ** 20;

/**
 * Reads a pickle (protocol 2 to 5) of plain containers, without executing anything: every class or function that it
 * names goes through `options.global`, an allow-list, and the state given to an object (BUILD) goes to `options.build`.
 *
 * Throws PickleFault for an unknown name or opcode, for data that breaks off, and for more than two million opcodes.
 * Source: the opcode descriptions in CPython's Lib/pickletools.py.
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): PickleValue {
  const { largestBytes = defaultLargestBytes } = options;
  if (bytes.length > largestBytes) throw new PickleFault(`a pickle of ${bytes.length} bytes`);
  return new Machine(bytes, options).run();
}

class Machine {
  private readonly bytes: Buffer;
  private readonly options: UnpickleOptions;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private readonly hasByteStrings: boolean;
  private at = 0;

  constructor(bytes: Uint8Array, options: UnpickleOptions) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.options = options;
    this.hasByteStrings = options.strings === 'bytes';
  }

  run(): PickleValue {
    for (let count = 0; count < mostOpcodes; count++) {
      const code = this.take(1).readUInt8(0);
      if (code === 0x2e) return this.pop();
      this.step(code);
    }
    throw new PickleFault(`a pickle of more than ${mostOpcodes} opcodes`);
  }

  private step(code: number): void {
    const op = String.fromCharCode(code);
    switch (op) {
      case '\x80': // PROTO
        return this.skip(1);
      case '\x95': // FRAME
        return this.skip(8);
      case '(':
        this.stack.push(mark);
        return;
      case 'N':
        return this.push(null);
      case '\x88':
        return this.push(true);
      case '\x89':
        return this.push(false);
      case 'J':
        return this.push(this.take(4).readInt32LE(0));
      case 'K':
        return this.push(this.take(1).readUInt8(0));
      case 'M':
        return this.push(this.take(2).readUInt16LE(0));
      case '\x8a': // LONG1
        return this.push(longOf(this.take(this.take(1).readUInt8(0))));
      case 'G':
        return this.push(this.take(8).readDoubleBE(0));
      case '\x8c': // SHORT_BINUNICODE
        return this.push(this.take(this.take(1).readUInt8(0)).toString('utf8'));
      case 'X': // BINUNICODE
        return this.push(this.take(this.take(4).readUInt32LE(0)).toString('utf8'));
      case 'U': // SHORT_BINSTRING
        return this.push(this.take(this.take(1).readUInt8(0)).toString(this.hasByteStrings ? 'latin1' : 'utf8'));
      case 'T': {
        // BINSTRING
        const bytes = this.take(this.take(4).readUInt32LE(0));
        return this.push(this.hasByteStrings ? bytes : bytes.toString('utf8'));
      }
      case 'C': // SHORT_BINBYTES
        return this.push(new Uint8Array(this.take(this.take(1).readUInt8(0))));
      case 'B': // BINBYTES
        return this.push(new Uint8Array(this.take(this.take(4).readUInt32LE(0))));
      case ']':
      case ')': // EMPTY_TUPLE
      case '\x8f': // EMPTY_SET
        return this.push([]);
      case '}':
        return this.push(new Map());
      case 't':
      case 'l':
        return this.push(this.popToMark());
      case '\x85':
      case '\x86':
      case '\x87':
        return this.pushTuple(code - 0x84);
      case 'a': {
        const item = this.pop();
        this.top(Array.isArray, 'a list').push(item);
        return;
      }
      case 'e':
      case '\x90': {
        // APPENDS, ADDITEMS; in a loop, because a spread of many arguments overflows the call stack
        const items = this.popToMark();
        const list = this.top(Array.isArray, 'a list');
        for (const item of items) list.push(item);
        return;
      }
      case 's': {
        const value = this.pop();
        const key = this.pop();
        this.top(isMap, 'a dict').set(key, value);
        return;
      }
      case 'u': {
        const items = this.popToMark();
        const map = this.top(isMap, 'a dict');
        if (items.length % 2 > 0) throw new PickleFault('a key without a value');
        for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
        return;
      }
      case 'q':
        return this.put(this.take(1).readUInt8(0));
      case 'r':
        return this.put(this.take(4).readUInt32LE(0));
      case '\x94': // MEMOIZE
        return this.put(this.memo.size);
      case 'h':
        return this.get(this.take(1).readUInt8(0));
      case 'j':
        return this.get(this.take(4).readUInt32LE(0));
      case '0':
        this.pop();
        return;
      case 'c': {
        const moduleName = this.line();
        return this.pushGlobal(moduleName, this.line());
      }
      case '\x93': {
        const name = this.pop();
        const moduleName = this.pop();
        if (typeof name !== 'string' || typeof moduleName !== 'string')
          throw new PickleFault('a global without a name');
        return this.pushGlobal(moduleName, name);
      }
      case 'R': // REDUCE
      case '\x81': {
        // NEWOBJ
        const args = this.pop();
        const callee = this.pop();
        if (!Array.isArray(args) || !isGlobal(callee)) throw new PickleFault('a call of something that is no class');
        return this.push(callee.call(args));
      }
      case 'b': {
        // BUILD: without options.build the state (such as an OrderedDict's _metadata) is dropped
        const state = this.pop();
        const object = this.pop();
        this.options.build?.(object, state);
        return this.push(object);
      }
      case 'Q':
        return this.push(this.options.persistent(this.pop()));
      default:
        throw new PickleFault(`pickle opcode 0x${code.toString(16)} at byte ${this.at - 1}`);
    }
  }

  private take(count: number): Buffer {
    if (this.at + count > this.bytes.length)
      throw new PickleFault(`the pickle breaks off at byte ${this.bytes.length}`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private skip(count: number): void {
    this.take(count);
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > 1000) throw new PickleFault(`a name without an end at byte ${this.at}`);
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  private push(value: PickleValue): void {
    this.stack.push(value);
  }

  private pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === mark)
      throw new PickleFault(`nothing to take off the stack at byte ${this.at}`);
    return value;
  }

  private popToMark(): PickleValue[] {
    const start = this.stack.lastIndexOf(mark);
    if (start < 0) throw new PickleFault(`no mark on the stack at byte ${this.at}`);
    return this.stack.splice(start).slice(1) as PickleValue[];
  }

  private pushTuple(count: number): void {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) items.unshift(this.pop());
    this.push(items);
  }

  private top<T extends PickleValue>(is: (value: PickleValue) => value is T, what: string): T {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark || !is(value)) throw new PickleFault(`no ${what} at byte ${this.at}`);
    return value;
  }

  private put(index: number): void {
    const value = this.pop();
    this.memo.set(index, value);
    this.push(value);
  }

  private get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new PickleFault(`memo ${index} is empty`);
    this.push(value);
  }

  private pushGlobal(moduleName: string, name: string): void {
    const full = `${moduleName}.${name}`;
    const found = this.options.global(full);
    if (found === undefined) throw new PickleFault(`the class or function ${JSON.stringify(full.slice(0, 100))}`);
    this.push(found);
  }
}

function isMap(value: PickleValue): value is Map<PickleValue, PickleValue> {
  return value instanceof Map;
}

function isGlobal(value: PickleValue): value is PickleGlobal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
}

/** A little-endian two's complement integer; a number where it is exact. */
function longOf(bytes: Buffer): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  if (bytes.length > 0 && bytes[bytes.length - 1] >= 0x80) value -= 1n << BigInt(8 * bytes.length);
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
