import { BoundedFile } from './bounded-file';
import { HeaderFault, parseHeader, type Header } from './safetensors-header';
import type { StateDict } from './state-dict';
import { numbersOfBytes } from './tensor-bytes';

/** The content of a safetensors file. */
export interface SafetensorsFile {
  readonly tensors: StateDict;
  /** The texts of `__metadata__`; empty when there are none. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** The largest header that is read: the reference implementation takes three times as much. */
const maxHeaderBytes = 32 * 2 ** 20;

/**
 * Reads a safetensors file, or the tensors of it that `only` accepts.
 *
 * Each length and offset is checked against the file before anything is allocated. F16 and BF16 are widened to
 * float32. Throws WeightsError that names the file and what is wrong in it.
 */
export function readSafetensors(path: string, only: (name: string) => boolean = () => true): SafetensorsFile {
  return BoundedFile.with(path, (file) => {
    const { header, dataStart } = readHeader(file);
    const tensors: StateDict = new Map();
    for (const { name, dtype, shape, begin, end } of header.entries) {
      if (!only(name)) continue;
      const bytes = file.read(dataStart + begin, end - begin, `tensor ${name}`);
      tensors.set(name, { dtype, shape, data: numbersOfBytes(dtype, bytes.buffer) });
    }
    return { tensors, metadata: header.metadata };
  });
}

function readHeader(file: BoundedFile): { header: Header; dataStart: number } {
  const prefix = file.read(0, 8, 'the header length');
  const headerBytes = new DataView(prefix.buffer).getBigUint64(0, true);
  if (headerBytes > BigInt(maxHeaderBytes) || headerBytes > BigInt(file.sizeBytes - 8)) {
    throw file.fault(`a header of ${headerBytes} bytes`, `at most ${Math.min(maxHeaderBytes, file.sizeBytes - 8)}`);
  }
  const dataStart = 8 + Number(headerBytes);
  const bytes = file.read(8, Number(headerBytes), 'the header');
  try {
    return { header: parseHeader(decoded(file, bytes), file.sizeBytes - dataStart), dataStart };
  } catch (error) {
    if (error instanceof HeaderFault) throw file.fault(error.found, error.expected);
    throw error;
  }
}

function decoded(file: BoundedFile, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw file.fault('a header that is not UTF-8', 'UTF-8 text');
  }
}
