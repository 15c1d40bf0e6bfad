import { WeightsError, fileFaultFound } from '@featuremine/errors';
import { AtomicFile } from '@featuremine/files';
import { dtypeBytes, elementCount, isDType, type DType, type StoredTensor } from './state-dict';
import { bytesOfNumbers, expectedArray, holdsDType } from './tensor-bytes';

/** The reference implementation's order: wide types first, so that every tensor is aligned. */
const writingOrder: readonly DType[] = ['I64', 'F64', 'F32', 'I32', 'BF16', 'F16', 'U8', 'BOOL'];

/**
 * Writes a safetensors file. A reader sees the file that was there before or the complete new one, never a part.
 *
 * Tensors lie in order of falling type size and then of name, and the data starts at a multiple of 8 bytes, so every
 * tensor is aligned. Throws WeightsError for a tensor that contradicts itself, or a folder that cannot be written.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const order = orderedNames(path, tensors);
  const header = headerBytes(order, tensors, metadata);
  const file = new AtomicFile(path, writeFault);
  try {
    file.write(header);
    for (const name of order) file.write(bytesOfNumbers(tensors.get(name)!));
    file.commit();
  } finally {
    file.discard();
  }
}

function writeFault(path: string, cause: unknown): WeightsError {
  const found = `the file cannot be written (${fileFaultFound(cause)})`;
  const fix = 'Check the folder, its permissions and the free space';
  return new WeightsError({ where: path, found, fix }, { cause });
}

function orderedNames(path: string, tensors: ReadonlyMap<string, StoredTensor>): string[] {
  for (const [name, tensor] of tensors) {
    const problem = problemOf(name, tensor);
    if (problem !== undefined) {
      throw new WeightsError({
        where: `${path}, tensor ${name}`,
        ...problem,
        fix: 'Correct the tensor before writing it',
      });
    }
  }
  const rankOf = (name: string) => writingOrder.indexOf(tensors.get(name)!.dtype);
  return [...tensors.keys()].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
}

function problemOf(name: string, tensor: StoredTensor): { found: string; expected: string } | undefined {
  const { dtype, shape, data } = tensor;
  if (name === '__metadata__') return { found: 'a reserved name', expected: 'another name' };
  if (!isDType(dtype))
    return { found: `dtype ${String(dtype)}`, expected: `one of ${Object.keys(dtypeBytes).join(', ')}` };
  if (!holdsDType(data, dtype))
    return { found: `dtype ${dtype} in another array type`, expected: expectedArray(dtype) };
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(shape) !== data.length) {
    return { found: `${data.length} numbers`, expected: `the ${elementCount(shape)} of shape [${shape.join(', ')}]` };
  }
  return undefined;
}

function headerBytes(
  order: readonly string[],
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const parts: string[] = [];
  if (Object.keys(metadata).length > 0) parts.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const name of order) {
    const { dtype, shape } = tensors.get(name)!;
    const end = offset + elementCount(shape) * dtypeBytes[dtype];
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [offset, end] })}`);
    offset = end;
  }
  const json = Buffer.from(`{${parts.join(',')}}`, 'utf8');
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, 0x20);
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(bytes, 8);
  return bytes;
}
