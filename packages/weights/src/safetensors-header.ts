import { parseJson } from '@featuremine/errors';
import { dtypeBytes, isDType, type DType } from './state-dict';

/** One tensor of a safetensors header; `begin` and `end` are bytes from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Entries and their shapes lie 3 deep. */
const MAX_DEPTH = 8;
const MOST_TENSORS = 100_000;

/** A parsed and checked header. */
export interface Header {
  /** In order of their bytes. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Why a header is not acceptable, in two parts of an error message. */
export class HeaderFault extends Error {
  readonly found: string;
  readonly expected: string;

  constructor(found: string, expected: string) {
    super(`${found}, expected ${expected}`);
    this.found = found;
    this.expected = expected;
  }
}

/**
 * Parses the JSON header of a safetensors file and checks it against the `dataBytes` that follow it: known types,
 * shapes whose product is the length, and byte ranges that tile the data without an overlap or a hole.
 *
 * Throws HeaderFault. Source: the format section of github.com/huggingface/safetensors.
 */
export function parseHeader(text: string, dataBytes: number): Header {
  const header = parseObject(text);
  const count = Object.keys(header).length;
  if (count > MOST_TENSORS) throw new HeaderFault(`${count} tensors`, `at most ${MOST_TENSORS}`);
  const metadata = new Map<string, string>();
  const entries: HeaderEntry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isObject(value)) throw new HeaderFault('__metadata__ is no object', 'texts by name');
      for (const [key, note] of Object.entries(value)) {
        if (typeof note !== 'string') throw new HeaderFault(`__metadata__ ${shown(key)} is no text`, 'texts by name');
        metadata.set(key, note);
      }
    } else {
      entries.push(parseEntry(name, value));
    }
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const problem = begin < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new HeaderFault(`${shown(name)} starts at byte ${begin} and ${problem}`, `byte ${covered}`);
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw new HeaderFault(`the tensors take ${covered} bytes of data`, `the ${dataBytes} bytes after the header`);
  }
  return { entries, metadata };
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  const where = shown(name);
  if (!isObject(value)) throw new HeaderFault(`${where} is no object`, 'dtype, shape and data_offsets');
  const dtype: unknown = own(value, 'dtype');
  if (!isDType(dtype)) {
    throw new HeaderFault(`${where} has dtype ${shown(dtype)}`, `one of ${Object.keys(dtypeBytes).join(', ')}`);
  }
  const shape = own(value, 'shape');
  if (!isCounts(shape)) throw new HeaderFault(`${where} has shape ${shown(shape)}`, 'a list of whole numbers');
  const offsets = own(value, 'data_offsets');
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new HeaderFault(`${where} has data_offsets ${shown(offsets)}`, 'two rising whole numbers');
  }
  const [begin, end] = offsets as [number, number];
  let bytes = dtypeBytes[dtype];
  for (const size of shape) bytes *= size;
  // Products beyond 2^53 lose digits, but then they are larger than any file.
  if (bytes !== end - begin) {
    throw new HeaderFault(`${where} ${dtype} ${shown(shape)} has ${end - begin} bytes`, `${bytes} bytes`);
  }
  return { name, dtype, shape, begin, end };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(text, MAX_DEPTH);
  } catch {
    throw new HeaderFault('the header is not JSON', 'a JSON object');
  }
  if (!isObject(value)) throw new HeaderFault('the header is no JSON object', 'a JSON object');
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
