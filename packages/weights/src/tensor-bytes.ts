import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half-floats';
import type { DType, StoredTensor, TensorData } from './state-dict';

/**
 * The numbers in little-endian bytes of a file.
 *
 * `buffer` must be fresh and exactly the tensor's: its memory becomes the tensor's, without a copy, where it can.
 */
export function numbersOfBytes(dtype: DType, buffer: ArrayBuffer): TensorData {
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer);
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return float16ToFloat32(new Uint16Array(buffer));
    case 'BF16':
      return bfloat16ToFloat32(new Uint16Array(buffer));
    case 'I64':
      return new BigInt64Array(buffer);
    case 'I32':
      return new Int32Array(buffer);
    case 'U8':
    case 'BOOL':
      return new Uint8Array(buffer);
  }
}

/** The little-endian bytes of a tensor in its own dtype; F16 and BF16 are rounded from float32, ties to even. */
export function bytesOfNumbers(tensor: StoredTensor): Uint8Array {
  const { dtype, data } = tensor;
  const stored =
    dtype === 'F16' && data instanceof Float32Array
      ? float32ToFloat16(data)
      : dtype === 'BF16' && data instanceof Float32Array
        ? float32ToBfloat16(data)
        : data;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

const arrayOf: Readonly<Record<DType, string>> = {
  F64: 'Float64Array',
  F32: 'Float32Array',
  F16: 'Float32Array',
  BF16: 'Float32Array',
  I64: 'BigInt64Array',
  I32: 'Int32Array',
  U8: 'Uint8Array',
  BOOL: 'Uint8Array',
};

/** The array type that a dtype has in memory, e.g. `Float32Array` for `BF16`; also accepts arrays of another realm. */
export function expectedArray(dtype: DType): string {
  return arrayOf[dtype];
}

/** True when `data` is the array type of `dtype`; compared by name, so that arrays of another realm count. */
export function holdsDType(data: TensorData, dtype: DType): boolean {
  return Object.prototype.toString.call(data) === `[object ${arrayOf[dtype]}]`;
}
