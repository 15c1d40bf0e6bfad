import type { PickleMachine } from './pickle-machine';
import { PickleFault, type PickleGlobal, type PickleValue } from './pickle-value';

/** What an opcode does. */
type Act = (machine: PickleMachine) => void;

/** The opcode that ends a pickle; its value is on top of the stack. */
export const STOP = 0x2e;

const EMPTY_LIST: Act = (machine) => machine.push([]);
const LIST: Act = (machine) => machine.push(machine.popToMark());

/** Numbers, texts and bytes. */
const VALUES: readonly (readonly [number, Act])[] = [
  [opcode('N'), (machine) => machine.push(null)],
  [0x88, (machine) => machine.push(true)],
  [0x89, (machine) => machine.push(false)],
  [opcode('J'), (machine) => machine.push(machine.take(4).readInt32LE(0))],
  [opcode('K'), (machine) => machine.push(machine.uint8())],
  [opcode('M'), (machine) => machine.push(machine.take(2).readUInt16LE(0))],
  [0x8a, (machine) => machine.push(longOf(machine.take(machine.uint8())))], // LONG1
  [opcode('G'), (machine) => machine.push(machine.take(8).readDoubleBE(0))],
  [0x8c, (machine) => machine.push(machine.take(machine.uint8()).toString('utf8'))], // SHORT_BINUNICODE
  [opcode('X'), (machine) => machine.push(machine.take(machine.uint32()).toString('utf8'))], // BINUNICODE
  [opcode('U'), pushShortString],
  [opcode('T'), pushString],
  [opcode('C'), (machine) => machine.push(new Uint8Array(machine.take(machine.uint8())))], // SHORT_BINBYTES
  [opcode('B'), (machine) => machine.push(new Uint8Array(machine.take(machine.uint32())))], // BINBYTES
];

/** Lists, tuples, sets and dicts: made, and filled. */
const CONTAINERS: readonly (readonly [number, Act])[] = [
  [opcode(']'), EMPTY_LIST],
  [opcode(')'), EMPTY_LIST], // EMPTY_TUPLE
  [0x8f, EMPTY_LIST], // EMPTY_SET
  [opcode('}'), (machine) => machine.push(new Map())],
  [opcode('('), (machine) => machine.pushMark()],
  [opcode('t'), LIST],
  [opcode('l'), LIST],
  [0x85, (machine) => machine.pushTuple(1)],
  [0x86, (machine) => machine.pushTuple(2)],
  [0x87, (machine) => machine.pushTuple(3)],
  [opcode('a'), append],
  [opcode('e'), appendAll],
  [0x90, appendAll], // ADDITEMS
  [opcode('s'), setItem],
  [opcode('u'), setItems],
];

/** What is kept and used again. */
const MEMO: readonly (readonly [number, Act])[] = [
  [opcode('q'), (machine) => machine.memoize(machine.uint8())],
  [opcode('r'), (machine) => machine.memoize(machine.uint32())],
  [0x94, (machine) => machine.memoize()],
  [opcode('h'), (machine) => machine.recall(machine.uint8())],
  [opcode('j'), (machine) => machine.recall(machine.uint32())],
  [opcode('0'), (machine) => void machine.pop()],
];

/** Classes, functions and what is made of them. */
const OBJECTS: readonly (readonly [number, Act])[] = [
  [opcode('c'), (machine) => machine.pushGlobal(machine.line(), machine.line())],
  [0x93, pushStackGlobal],
  [opcode('R'), call], // REDUCE
  [0x81, call], // NEWOBJ
  [opcode('b'), build],
  [opcode('Q'), (machine) => machine.push(machine.reach.persistent(machine.pop()))],
];

/** The opcodes but STOP. Source: their descriptions in CPython's Lib/pickletools.py. */
export const PICKLE_OPCODES: ReadonlyMap<number, Act> = new Map([
  [0x80, (machine: PickleMachine) => void machine.take(1)], // PROTO
  [0x95, (machine: PickleMachine) => void machine.take(8)], // FRAME
  ...VALUES,
  ...CONTAINERS,
  ...MEMO,
  ...OBJECTS,
]);

function opcode(letter: string): number {
  return letter.charCodeAt(0);
}

// SHORT_BINSTRING
function pushShortString(machine: PickleMachine): void {
  machine.push(machine.take(machine.uint8()).toString(machine.hasByteStrings ? 'latin1' : 'utf8'));
}

// BINSTRING
function pushString(machine: PickleMachine): void {
  const bytes = machine.take(machine.uint32());
  machine.push(machine.hasByteStrings ? bytes : bytes.toString('utf8'));
}

function append(machine: PickleMachine): void {
  const item = machine.pop();
  machine.topList().push(item);
}

function appendAll(machine: PickleMachine): void {
  const items = machine.popToMark();
  const list = machine.topList();
  // In a loop, because a spread of many arguments overflows the call stack.
  for (const item of items) list.push(item);
}

function setItem(machine: PickleMachine): void {
  const value = machine.pop();
  const key = machine.pop();
  machine.topDict().set(key, value);
}

function setItems(machine: PickleMachine): void {
  const items = machine.popToMark();
  const dict = machine.topDict();
  if (items.length % 2 > 0) throw new PickleFault('a key without a value');
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
}

function pushStackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const moduleName = machine.pop();
  if (typeof name !== 'string' || typeof moduleName !== 'string') throw new PickleFault('a global without a name');
  machine.pushGlobal(moduleName, name);
}

function call(machine: PickleMachine): void {
  const args = machine.pop();
  const callee = machine.pop();
  if (!Array.isArray(args) || !isGlobal(callee)) throw new PickleFault('a call of something that is no class');
  machine.push(callee.call(args));
}

// Without `reach.build` the state (such as an OrderedDict's _metadata) is dropped.
function build(machine: PickleMachine): void {
  const state = machine.pop();
  const object = machine.pop();
  machine.reach.build?.(object, state);
  machine.push(object);
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
