import { constants, inflateSync } from 'node:zlib';

/** A field of a struct in a MAT file: a number, a text, or undefined for what is neither. */
export type MatValue = number | string | undefined;

/** Why a MAT file is not read. */
export class MatFault extends Error {}

/** Bytes that a compressed variable may have. */
const LARGEST_BYTES = 256 * 2 ** 20;
const HEADER_BYTES = 128;
const MATRIX = 14;
const COMPRESSED = 15;
const STRUCT_CLASS = 2;
const CHAR_CLASS = 4;

/** Bytes of a number of each type of data, and how it is read. */
const NUMBERS: Readonly<
  Record<number, { readonly bytes: number; readonly read: (data: Buffer, at: number) => number }>
> = {
  1: { bytes: 1, read: (data, at) => data.readInt8(at) },
  2: { bytes: 1, read: (data, at) => data.readUInt8(at) },
  3: { bytes: 2, read: (data, at) => data.readInt16LE(at) },
  4: { bytes: 2, read: (data, at) => data.readUInt16LE(at) },
  5: { bytes: 4, read: (data, at) => data.readInt32LE(at) },
  6: { bytes: 4, read: (data, at) => data.readUInt32LE(at) },
  7: { bytes: 4, read: (data, at) => data.readFloatLE(at) },
  9: { bytes: 8, read: (data, at) => data.readDoubleLE(at) },
};
const UTF8 = 16;
const UTF16 = 17;

/**
 * Reads a struct array of a MAT file (version 5 to 7): its elements in their order, each a map of its fields that hold
 * one number or a text.
 *
 * @throws MatFault when the file is damaged, or has no such variable
 * Source: The MathWorks, MAT-File Format, chapter 1.
 */
export function readStructArray(file: Buffer, name: string): ReadonlyMap<string, MatValue>[] {
  if (file.length < HEADER_BYTES || file.toString('latin1', 126, 128) !== 'IM') {
    throw new MatFault('no MAT file of version 5 to 7');
  }
  for (let at = HEADER_BYTES; at < file.length;) {
    const element = elementAt(file, at);
    at = element.type === COMPRESSED ? element.end : element.next;
    const variable = element.type === COMPRESSED ? elementAt(inflated(element.data), 0) : element;
    if (variable.type !== MATRIX) continue;
    const matrix = matrixOf(variable.data);
    if (matrix?.name === name && matrix.classId === STRUCT_CLASS) return structsOf(matrix);
  }
  throw new MatFault(`no struct array "${name}"`);
}

interface Element {
  readonly type: number;
  readonly data: Buffer;
  /** Where the data ends, and where the next element starts: data is padded to 8 bytes. */
  readonly end: number;
  readonly next: number;
}

// A tag of type and size, then the data; up to 4 bytes of data stand in the tag itself.
function elementAt(bytes: Buffer, at: number): Element {
  if (at + 8 > bytes.length) throw new MatFault(`the file breaks off at byte ${at} of an element`);
  const small = bytes.readUInt16LE(at + 2);
  const isSmall = small > 0;
  const type = isSmall ? bytes.readUInt16LE(at) : bytes.readUInt32LE(at);
  const size = isSmall ? small : bytes.readUInt32LE(at + 4);
  const start = isSmall ? at + 4 : at + 8;
  const end = start + size;
  if (end > bytes.length || (isSmall && size > 4)) throw new MatFault(`an element of ${size} bytes at byte ${at}`);
  return { type, data: bytes.subarray(start, end), end, next: isSmall ? at + 8 : start + Math.ceil(size / 8) * 8 };
}

function inflated(data: Buffer): Buffer {
  try {
    return inflateSync(data, { maxOutputLength: LARGEST_BYTES, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    throw new MatFault('a variable that does not inflate');
  }
}

interface Matrix {
  readonly classId: number;
  readonly name: string;
  readonly count: number;
  /** What follows the name: fields of a struct, or numbers. */
  readonly rest: Buffer;
}

function matrixOf(data: Buffer): Matrix | undefined {
  if (data.length === 0) return undefined; // an empty array
  const flags = elementAt(data, 0);
  const sizes = elementAt(data, flags.next);
  const name = elementAt(data, sizes.next);
  if (flags.data.length < 1) throw new MatFault('an array without flags');
  const count = numbersOf(sizes).reduce((product, size) => product * size, 1);
  return {
    classId: flags.data.readUInt8(0),
    name: name.data.toString('latin1'),
    count,
    rest: data.subarray(Math.min(name.next, data.length)),
  };
}

function structsOf({ count, rest }: Matrix): ReadonlyMap<string, MatValue>[] {
  const nameLength = elementAt(rest, 0);
  const names = elementAt(rest, nameLength.next);
  const [length = 0] = numbersOf(nameLength);
  if (length < 1 || names.data.length % length > 0) throw new MatFault('field names of another length');
  const fields = Array.from({ length: names.data.length / length }, (_, i) =>
    names.data.toString('latin1', i * length, (i + 1) * length).replace(/\0.*$/s, ''),
  );
  if (fields.length === 0 || count > rest.length) throw new MatFault(`${count} structs in ${rest.length} bytes`);
  const structs: Map<string, MatValue>[] = [];
  let at = names.next;
  for (let i = 0; i < count; i++) {
    const struct = new Map<string, MatValue>();
    for (const field of fields) {
      const element = elementAt(rest, at);
      if (element.type !== MATRIX) throw new MatFault(`field ${field} of element ${i + 1} is no array`);
      struct.set(field, valueOf(element.data));
      at = element.next;
    }
    structs.push(struct);
  }
  return structs;
}

function valueOf(data: Buffer): MatValue {
  const matrix = matrixOf(data);
  if (matrix === undefined || matrix.rest.length === 0) return undefined;
  const isText = matrix.classId === CHAR_CLASS;
  const isNumber = matrix.classId >= 6 && matrix.classId <= 15 && matrix.count === 1;
  if (!isText && !isNumber) return undefined;
  const element = elementAt(matrix.rest, 0);
  if (!isText) return numbersOf(element)[0];
  if (element.type === UTF8) return element.data.toString('utf8');
  if (element.type === UTF16) return element.data.toString('utf16le');
  return numbersOf(element)
    .map((code) => String.fromCharCode(code))
    .join('');
}

function numbersOf({ type, data }: Element): number[] {
  const form = NUMBERS[type];
  if (form === undefined) throw new MatFault(`numbers of type ${type}`);
  return Array.from({ length: Math.floor(data.length / form.bytes) }, (_, i) => form.read(data, i * form.bytes));
}
