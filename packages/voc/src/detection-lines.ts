import { closeSync, readSync } from 'node:fs';
import { DatasetError } from '@featuremine/errors';
import { openPlainFile } from '@featuremine/files';
import { parseNumber } from './parse-number';
import { fromVocPixel, lessOne } from './voc-pixel';

const CHUNK_BYTES = 1 << 18;
/** Bytes of the longest line that is read. */
const LONGEST_LINE = 1 << 16;
const [LF, CR, SPACE, TAB, DOT, MINUS] = [10, 13, 32, 9, 46, 45];
const POWERS = Array.from({ length: 16 }, (_, i) => 10 ** i);

/** Takes what a detection file's lines say. */
export interface DetectionLineSink {
  /** A good line: its image, and its score and continuous box x1, y1, x2, y2 in one array that is used again. */
  add(image: number, values: Float64Array, line: number): void;
  /** A line that is no detection. */
  refuse(text: string, line: number): void;
  /** Number of an image id. */
  imageOf(id: string): number;
}

/**
 * Reads `image score xmin ymin xmax ymax` lines in chunks, so that a file of any length takes little memory. Empty lines
 * are passed over; LF, CR LF and a missing last line end are all right.
 *
 * @throws DatasetError for a line of more than 64 KiB, FileError for what is no file
 */
export function readDetectionLines(path: string, sink: DetectionLineSink): void {
  const file = openPlainFile(path);
  try {
    const bytes = new Uint8Array(CHUNK_BYTES);
    let kept = 0;
    const reader = new LineReader(path, sink);
    for (;;) {
      const count = readSync(file, bytes, kept, bytes.length - kept - 1, null);
      if (count === 0) break;
      const end = kept + count;
      const start = reader.readLines(bytes, end);
      bytes.copyWithin(0, start, end);
      kept = end - start;
      reader.checkLength(kept);
    }
    if (kept === 0) return;
    bytes[kept] = LF; // one byte is always free
    reader.readLines(bytes, kept + 1);
  } finally {
    closeSync(file);
  }
}

class LineReader {
  private readonly values = new Float64Array(5);
  private readonly ids: IdReader;
  private line = 0;
  /** Where the last field ended. */
  private position = 0;

  constructor(
    private readonly path: string,
    private readonly sink: DetectionLineSink,
  ) {
    this.ids = new IdReader(sink);
  }

  /** Reads the whole lines in bytes[0, end) and returns where the first unfinished one begins. */
  readLines(bytes: Uint8Array, end: number): number {
    let start = this.line === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    const stop = bytes.subarray(0, end).lastIndexOf(LF) + 1;
    while (start < stop) {
      this.line++;
      const next = this.readLine(bytes, start);
      this.checkLength(next - start - 1, this.line);
      start = next;
    }
    return start;
  }

  /** Refuses a line that is so long, by default the one that comes next. */
  checkLength(lengthBytes: number, line = this.line + 1): void {
    if (lengthBytes <= LONGEST_LINE) return;
    throw new DatasetError({
      where: `${this.path}, line ${line}`,
      found: `more than ${LONGEST_LINE} bytes`,
      expected: 'image, score, xmin, ymin, xmax, ymax',
      fix: 'Check what the file is',
    });
  }

  /** Reads the line that begins here, which a line feed ends, and returns where the next one begins. */
  private readLine(bytes: Uint8Array, start: number): number {
    const { values } = this;
    const idStart = skipBlanks(bytes, start);
    if (bytes[idStart] === LF) return idStart + 1;
    const idEnd = skipField(bytes, idStart);
    this.position = idEnd;
    for (let k = 0; k < 5; k++) {
      const value = this.readNumber(bytes, k === 1 || k === 2);
      if (Number.isNaN(value)) return this.refuse(bytes, start);
      values[k] = value;
    }
    const end = skipBlanks(bytes, this.position);
    if (bytes[end] !== LF) return this.refuse(bytes, start);
    this.sink.add(this.ids.imageAt(bytes, idStart, idEnd), values, this.line);
    return end + 1;
  }

  // Up to 15 digits are exact: the quotient of two exact doubles is rounded once, as in Number(text). VOC's origins are
  // 1-based.
  private readNumber(bytes: Uint8Array, isOrigin: boolean): number {
    const start = skipBlanks(bytes, this.position);
    const isNegative = bytes[start] === MINUS;
    let i = isNegative ? start + 1 : start;
    let mantissa = 0;
    let digits = 0;
    let dot = -1;
    let byte = bytes[i];
    for (; ; byte = bytes[++i]) {
      if (byte >= 48 && byte <= 57) {
        mantissa = mantissa * 10 + (byte - 48);
        digits++;
      } else if (byte === DOT && dot < 0) dot = i;
      else break;
    }
    if (digits > 0 && digits <= 15 && (byte === SPACE || byte === LF || byte === CR || byte === TAB)) {
      this.position = i;
      const places = dot < 0 ? 0 : i - dot - 1;
      const units = isNegative ? -mantissa : mantissa;
      return isOrigin ? lessOne(units, places) : units / POWERS[places];
    }
    this.position = skipField(bytes, start);
    const text = latin1(bytes, start, this.position);
    const value = parseNumber(text);
    return isOrigin && !Number.isNaN(value) ? fromVocPixel(text, value) : value;
  }

  private refuse(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(LF, start);
    this.sink.refuse(latin1(bytes, start, Math.min(end, start + 80)).trim(), this.line);
    return end + 1;
  }
}

interface KnownId {
  readonly bytes: Uint8Array;
  readonly image: number;
}

/** Finds the number of an image id by its bytes; a string is made once an id. */
class IdReader {
  private readonly byHash = new Map<number, KnownId>();
  private last: KnownId = { bytes: new Uint8Array(0), image: -1 };

  constructor(private readonly sink: DetectionLineSink) {}

  imageAt(bytes: Uint8Array, start: number, end: number): number {
    // Lines of one image often follow each other.
    if (isSame(this.last.bytes, bytes, start, end)) return this.last.image;
    let hash = 0;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    const known = this.byHash.get(hash);
    if (known !== undefined && isSame(known.bytes, bytes, start, end)) return (this.last = known).image;
    const id = bytes.slice(start, end);
    this.last = { bytes: id, image: this.sink.imageOf(Buffer.from(id).toString('utf8')) };
    if (known === undefined) this.byHash.set(hash, this.last);
    return this.last.image;
  }
}

function isSame(id: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (id.length !== end - start) return false;
  for (let i = 0; i < id.length; i++) if (id[i] !== bytes[start + i]) return false;
  return true;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString('latin1');
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] === SPACE || bytes[i] === TAB || bytes[i] === CR) i++;
  return i;
}

/** The first blank or line feed from here. */
function skipField(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] !== SPACE && bytes[i] !== LF && bytes[i] !== TAB && bytes[i] !== CR) i++;
  return i;
}
