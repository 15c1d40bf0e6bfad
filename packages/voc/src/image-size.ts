import { closeSync, readSync } from 'node:fs';
import { openPlainFile } from '@featuremine/files';

/** Width and height of an image in pixels, as stored (EXIF rotation not applied). */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const HEAD_BYTES = 1 << 16;
const MOST_BYTES = 1 << 24;

/**
 * The size that the header of a JPEG or PNG file says, decided by content; undefined for a header that is broken or cut
 * off, and `unknown` for other formats.
 */
export function readImageSize(path: string): ImageSize | undefined | 'unknown' {
  const file = openPlainFile(path);
  try {
    for (let length = HEAD_BYTES; ; length = MOST_BYTES) {
      const bytes = Buffer.alloc(length);
      const count = readSync(file, bytes, 0, length, 0);
      const size = sizeOf(bytes.subarray(0, count));
      if (size !== undefined || count < length || length === MOST_BYTES) return size;
    }
  } finally {
    closeSync(file);
  }
}

function sizeOf(bytes: Buffer): ImageSize | undefined | 'unknown' {
  if (bytes.length >= 2 && bytes.readUInt16BE(0) === 0xffd8) return jpegSize(bytes);
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0x89504e47) return pngSize(bytes);
  return bytes.length === 0 ? undefined : 'unknown';
}

function pngSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 24) return undefined;
  return checked(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
}

// Segments are a marker 0xFF?? and a length; the frame header is SOF0 … SOF15 but for DHT, JPG and DAC.
function jpegSize(bytes: Buffer): ImageSize | undefined {
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++; // a fill byte
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return checked(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2 || marker === 0xda) return undefined;
    at += 2 + length;
  }
  return undefined;
}

function checked(width: number, height: number): ImageSize | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}
