import { closeSync, readSync } from 'node:fs';
import { DatasetError } from '@featuremine/errors';
import { openPlainFile } from '@featuremine/files';

const chunkBytes = 1 << 24;
const batchBytes = 1 << 20;
const largestElementBytes = 1 << 26;

const [quote, backslash, comma, openList, closeList, openObject, closeObject] = Buffer.from('"\\,[]{}');

/**
 * The elements of a JSON file that is one list, a batch at a time, so that a file of any size can be read: a text of
 * more than 512 MB is more than JavaScript can hold.
 *
 * @throws DatasetError when the file is no JSON list, or an element has more than 64 MiB; FileError when it is no file.
 */
export function* jsonRows(path: string): Generator<unknown> {
  const file = openPlainFile(path);
  try {
    let batch: Buffer[] = [];
    let batchSize = 0;
    const splitter = new RowSplitter();
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const length = readSync(file, chunk, 0, chunkBytes, null);
      if (length === 0) break;
      let from = 0;
      for (const at of splitter.commas(chunk.subarray(0, length))) {
        if (batchSize + at - from < batchBytes) continue;
        batch.push(chunk.subarray(from, at));
        yield* parseBatch(Buffer.concat(batch).toString('utf8'), path, splitter.batches++ === 0, false);
        batch = [];
        batchSize = 0;
        from = at + 1;
      }
      batch.push(Buffer.from(chunk.subarray(from, length)));
      batchSize += length - from;
      if (batchSize > largestElementBytes) {
        const found = `an element of more than ${largestElementBytes} bytes`;
        throw new DatasetError({ where: path, found, expected: 'a list of COCO results', fix: 'Check the file' });
      }
    }
    yield* parseBatch(Buffer.concat(batch).toString('utf8'), path, splitter.batches === 0, true);
  } finally {
    closeSync(file);
  }
}

/** Whether a file's first character, blanks and a byte order mark aside, opens a list. */
export function isJsonList(path: string): boolean {
  const file = openPlainFile(path);
  try {
    const head = Buffer.alloc(64);
    const length = readSync(file, head, 0, head.length, 0);
    return /^\uFEFF?\s*\[/.test(head.toString('utf8', 0, length));
  } finally {
    closeSync(file);
  }
}

function parseBatch(text: string, path: string, isFirst: boolean, isLast: boolean): unknown[] {
  const start = isFirst ? text.replace(/^\uFEFF/, '') : `[${text}`;
  let rows: unknown;
  try {
    rows = JSON.parse(isLast ? start : `${start}]`);
  } catch (error) {
    const found = `no valid JSON (${(error as Error).message})`;
    throw new DatasetError({ where: path, found, fix: 'Write the file anew' }, { cause: error });
  }
  if (Array.isArray(rows)) return rows as unknown[];
  throw new DatasetError({ where: path, found: 'no list', expected: 'a list of COCO results', fix: 'Check the file' });
}

/** Finds the commas between the elements of the outermost list, over chunks. */
class RowSplitter {
  batches = 0;
  private depth = 0;
  private isInText = false;
  private isEscaped = false;

  commas(chunk: Buffer): number[] {
    const found: number[] = [];
    let { depth, isInText, isEscaped } = this;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isInText = false;
      } else if (byte === quote) isInText = true;
      else if (byte === openList || byte === openObject) depth++;
      else if (byte === closeList || byte === closeObject) depth--;
      else if (byte === comma && depth === 1) found.push(at);
    }
    Object.assign(this, { depth, isInText, isEscaped });
    return found;
  }
}
