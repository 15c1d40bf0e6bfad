import { PickleFault, type PickleGlobal, type PickleValue } from './pickle-value';

/** What a pickle may reach. */
export interface PickleReach {
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
}

const mark = Symbol('mark');
type Slot = PickleValue | typeof mark;

/** What a pickle's opcodes work on: its bytes, read from the start, a stack with marks, and a memo. */
export class PickleMachine {
  /** The byte that is read next. */
  at = 0;
  /** Whether Python 2's strings are bytes. */
  readonly hasByteStrings: boolean;
  private readonly bytes: Buffer;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    bytes: Uint8Array,
    readonly reach: PickleReach,
  ) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.hasByteStrings = reach.strings === 'bytes';
  }

  take(count: number): Buffer {
    if (this.at + count > this.bytes.length)
      throw new PickleFault(`the pickle breaks off at byte ${this.bytes.length}`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  uint8(): number {
    return this.take(1).readUInt8(0);
  }

  uint32(): number {
    return this.take(4).readUInt32LE(0);
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > 1000) throw new PickleFault(`a name without an end at byte ${this.at}`);
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === mark)
      throw new PickleFault(`nothing to take off the stack at byte ${this.at}`);
    return value;
  }

  pushMark(): void {
    this.stack.push(mark);
  }

  popToMark(): PickleValue[] {
    const start = this.stack.lastIndexOf(mark);
    if (start < 0) throw new PickleFault(`no mark on the stack at byte ${this.at}`);
    return this.stack.splice(start).slice(1) as PickleValue[];
  }

  pushTuple(count: number): void {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) items.unshift(this.pop());
    this.push(items);
  }

  /** The list on top of the stack, which stays there. */
  topList(): PickleValue[] {
    return this.top(isList, 'a list');
  }

  /** The dict on top of the stack, which stays there. */
  topDict(): Map<PickleValue, PickleValue> {
    return this.top(isMap, 'a dict');
  }

  /** Keeps the value on top of the stack in the memo. */
  memoize(index = this.memo.size): void {
    const value = this.pop();
    this.memo.set(index, value);
    this.push(value);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new PickleFault(`memo ${index} is empty`);
    this.push(value);
  }

  pushGlobal(moduleName: string, name: string): void {
    const full = `${moduleName}.${name}`;
    const found = this.reach.global(full);
    if (found === undefined) throw new PickleFault(`the class or function ${JSON.stringify(full.slice(0, 100))}`);
    this.push(found);
  }

  private top<T extends PickleValue>(is: (value: PickleValue) => value is T, what: string): T {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark || !is(value)) throw new PickleFault(`no ${what} at byte ${this.at}`);
    return value;
  }
}

function isList(value: PickleValue): value is PickleValue[] {
  return Array.isArray(value);
}

function isMap(value: PickleValue): value is Map<PickleValue, PickleValue> {
  return value instanceof Map;
}
