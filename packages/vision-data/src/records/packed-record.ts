import { crc32 } from 'node:zlib';
import { DatasetError } from '@featuremine/errors';

/** One labelled image as it is packed. */
export interface PackedRecord {
  /** Class id. */
  readonly label: number;
  /** Name of the image in the data set that was packed, for messages. */
  readonly name: string;
  /** `encoded`: an image file's bytes; `pixels`: [H, W, 3], 8 bits. */
  readonly content: 'encoded' | 'pixels';
  /** Pixels; 0 for an encoded image, whose file says it. */
  readonly width: number;
  readonly height: number;
  readonly payload: Uint8Array;
}

/**
 * Bytes before the name and the payload: u32 bytes of the payload, u32 CRC-32 of all that follows, u32 label, u32 width,
 * u32 height, u16 bytes of the name, u8 content (1 encoded, 2 pixels), u8 zero; little-endian.
 */
const RECORD_HEADER_BYTES = 24;
const CONTENTS = { encoded: 1, pixels: 2 } as const;
/** Bytes of a record before what the CRC covers. */
const CRC_END = 8;
const LONGEST_NAME_BYTES = 1000;

/** The bytes of a record. */
export function encodeRecord({ label, name, content, width, height, payload }: PackedRecord): Buffer {
  const nameBytes = Buffer.from(name).subarray(-LONGEST_NAME_BYTES);
  const bytes = Buffer.alloc(RECORD_HEADER_BYTES + nameBytes.length + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeUInt32LE(label, 8);
  bytes.writeUInt32LE(width, 12);
  bytes.writeUInt32LE(height, 16);
  bytes.writeUInt16LE(nameBytes.length, 20);
  bytes.writeUInt8(CONTENTS[content], 22);
  bytes.set(nameBytes, RECORD_HEADER_BYTES);
  bytes.set(payload, RECORD_HEADER_BYTES + nameBytes.length);
  bytes.writeUInt32LE(crc32(bytes.subarray(CRC_END)), 4);
  return bytes;
}

/** The CRC-32 that a record's bytes state. */
export function recordCrc(bytes: Uint8Array): number {
  return viewOf(bytes).getUint32(4, true);
}

/**
 * Takes a record's bytes apart; name and payload are views or copies of them.
 *
 * @param where the shard and the number of the record in it, for messages
 * @throws DatasetError when the bytes are damaged
 */
export function decodeRecord(bytes: Uint8Array, where: string): PackedRecord {
  const view = viewOf(bytes);
  const isWhole = bytes.length >= RECORD_HEADER_BYTES && crc32(bytes.subarray(CRC_END)) === view.getUint32(4, true);
  if (!isWhole) throw damaged(where, 'its checksum does not fit');
  const payloadStart = RECORD_HEADER_BYTES + view.getUint16(20, true);
  const [width, height] = [view.getUint32(12, true), view.getUint32(16, true)];
  const payload = bytes.subarray(payloadStart);
  const content = view.getUint8(22) === CONTENTS.pixels ? 'pixels' : 'encoded';
  // A sound checksum says nothing about who wrote it.
  const fits = payloadStart <= bytes.length && payload.length === view.getUint32(0, true);
  if (!fits) throw damaged(where, 'its parts do not fit its length');
  const isPicture = width > 0 && height > 0 && payload.length === 3 * width * height;
  if (content === 'pixels' && !isPicture) throw damaged(where, 'its pixels are incomplete');
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + RECORD_HEADER_BYTES, payloadStart - RECORD_HEADER_BYTES);
  return { label: view.getUint32(8, true), name: name.toString(), content, width, height, payload };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(where: string, found: string): DatasetError {
  return new DatasetError({ where, found: `the record is damaged: ${found}`, fix: 'Copy or pack the file again' });
}
