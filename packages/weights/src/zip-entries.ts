import { inflateSync } from 'fflate';
import type { BoundedFile } from './bounded-file';

/** One file inside a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly sizeBytes: number;
  /** Reads and, if need be, inflates the content. */
  read(): Uint8Array<ArrayBuffer>;
}

/** Deflate cannot expand by more than this, so a larger claim is a lie. */
const maxExpansion = 1032;
/** Bytes that the deflated entries of a file may take in all; PyTorch itself deflates nothing. */
const largestInflatedBytes = 2 ** 30;
const largestDirectoryBytes = 32 * 2 ** 20;

/**
 * The entries of a zip archive by name, from its central directory (zip64 included); nothing is extracted yet.
 *
 * Stored and deflated entries are read; encrypted and other ones throw WeightsError when read. Every offset is checked.
 * Source: PKWARE, .ZIP File Format Specification (APPNOTE) 6.3, sections 4.3 and 4.4.
 */
export function zipEntries(file: BoundedFile): Map<string, ZipEntry> {
  const { count, offset, sizeBytes } = findDirectory(file);
  if (sizeBytes > largestDirectoryBytes) {
    throw file.fault(`a zip directory of ${sizeBytes} bytes`, `at most ${largestDirectoryBytes}`);
  }
  const bytes = Buffer.from(file.read(offset, sizeBytes, 'the zip directory').buffer);
  const entries = new Map<string, ZipEntry>();
  const totals = { packedBytes: 0, inflatedBytes: 0 };
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) {
      throw file.fault(`a zip directory that breaks off at entry ${i + 1}`, `${count} entries`);
    }
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const end = at + 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) throw file.fault(`zip entry ${i + 1} reaches past the directory`, 'a complete entry');
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    if (entries.has(name)) throw file.fault(`two zip entries ${JSON.stringify(name)}`, 'one of each name');
    entries.set(name, entryOf(file, name, { directory: bytes, at, extra, totals }));
    at = end;
  }
  // Entries that share bytes would make much of a small file.
  if (totals.packedBytes > file.sizeBytes) throw file.fault('zip entries that overlap', 'bytes of its own for each');
  if (totals.inflatedBytes > largestInflatedBytes) {
    throw file.fault(`deflated entries of ${totals.inflatedBytes} bytes`, `at most ${largestInflatedBytes}`);
  }
  return entries;
}

interface DirectoryPlace {
  readonly directory: Buffer;
  readonly at: number;
  readonly extra: Buffer;
  readonly totals: { packedBytes: number; inflatedBytes: number };
}

function entryOf(file: BoundedFile, name: string, { directory, at, extra, totals }: DirectoryPlace): ZipEntry {
  const flags = directory.readUInt16LE(at + 8);
  const method = directory.readUInt16LE(at + 10);
  // Fields that do not fit 32 bits are all ones here, and stand in this order in the zip64 extra field.
  const wide = zip64Values(extra);
  const field = (position: number) => {
    const value = directory.readUInt32LE(at + position);
    return value === 0xffffffff ? (wide.shift() ?? value) : value;
  };
  const sizeBytes = field(24);
  const packedBytes = field(20);
  const headerOffset = field(42);
  totals.packedBytes += packedBytes;
  if (method !== 0) totals.inflatedBytes += sizeBytes;
  const where = `zip entry ${JSON.stringify(name.slice(0, 80))}`;
  const read = () => {
    if (flags & 1) throw file.fault(`${where} is encrypted`, 'a plain entry');
    const header = Buffer.from(file.read(headerOffset, 30, where).buffer);
    if (header.readUInt32LE(0) !== 0x04034b50) throw file.fault(`${where} has no local header`, 'one at its offset');
    const dataOffset = headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (method === 0) {
      if (packedBytes !== sizeBytes) throw file.fault(`${where} stores ${packedBytes} bytes`, `${sizeBytes}`);
      return file.read(dataOffset, sizeBytes, where);
    }
    if (method !== 8) throw file.fault(`${where} uses compression ${method}`, 'none (0) or deflate (8)');
    if (sizeBytes > packedBytes * maxExpansion + 64) {
      throw file.fault(
        `${where} claims ${sizeBytes} bytes from ${packedBytes}`,
        `at most ${maxExpansion} times as many`,
      );
    }
    return inflated(file, file.read(dataOffset, packedBytes, where), sizeBytes, where);
  };
  return { name, sizeBytes, read };
}

function inflated(file: BoundedFile, packed: Uint8Array, sizeBytes: number, where: string): Uint8Array<ArrayBuffer> {
  // One byte more than claimed shows content that is too long; fflate never writes beyond a buffer that it is given.
  const out = file.allocate(sizeBytes + 1, where);
  let result: Uint8Array;
  try {
    result = inflateSync(packed, { out });
  } catch {
    throw file.fault(`${where} does not inflate`, 'deflated data');
  }
  if (result.length !== sizeBytes) throw file.fault(`${where} inflates to another length`, `${sizeBytes} bytes`);
  return result.slice();
}

function findDirectory(file: BoundedFile): { count: number; offset: number; sizeBytes: number } {
  const tailBytes = Math.min(file.sizeBytes, 22 + 65535);
  const tail = Buffer.from(file.read(file.sizeBytes - tailBytes, tailBytes, 'the end of the zip file').buffer);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== 0x06054b50) at--;
  if (at < 0) throw file.fault('no zip directory', 'a PyTorch zip checkpoint');
  const count = tail.readUInt16LE(at + 10);
  const sizeBytes = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (count < 0xffff && sizeBytes < 0xffffffff && offset < 0xffffffff) return { count, offset, sizeBytes };
  if (at < 20 || tail.readUInt32LE(at - 20) !== 0x07064b50) return { count, offset, sizeBytes };
  const wideOffset = Number(tail.readBigUInt64LE(at - 20 + 8));
  const wide = Buffer.from(file.read(wideOffset, 56, 'the zip64 directory end').buffer);
  if (wide.readUInt32LE(0) !== 0x06064b50) throw file.fault('no zip64 directory end at its offset', 'one');
  return {
    count: Number(wide.readBigUInt64LE(32)),
    sizeBytes: Number(wide.readBigUInt64LE(40)),
    offset: Number(wide.readBigUInt64LE(48)),
  };
}

function zip64Values(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const id = extra.readUInt16LE(at);
    const length = extra.readUInt16LE(at + 2);
    if (id === 1) {
      const values: number[] = [];
      for (let from = at + 4; from + 8 <= Math.min(extra.length, at + 4 + length); from += 8) {
        values.push(Number(extra.readBigUInt64LE(from)));
      }
      return values;
    }
    at += 4 + length;
  }
  return [];
}
