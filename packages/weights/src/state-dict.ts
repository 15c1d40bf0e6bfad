/** How the numbers of a tensor are stored in a file, by the names of the safetensors format. */
export type DType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'U8' | 'BOOL';

/** The numbers of a tensor in memory; half precision is widened to float32, booleans are bytes 0 and 1. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** A tensor in PyTorch's layout: row-major, convolution weights `[out, in, height, width]`, linear `[out, in]`. */
export interface StoredTensor {
  /** The type in the file; `data` is Float32Array for F32, F16 and BF16, Uint8Array for U8 and BOOL. */
  readonly dtype: DType;
  /** Sizes of the axes; `[]` is a scalar with one number. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Named tensors in PyTorch's layout, in the order of the file. */
export type StateDict = Map<string, StoredTensor>;

/** Bytes that one number of each type takes in a file. */
export const dtypeBytes: Readonly<Record<DType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  U8: 1,
  BOOL: 1,
};

/** True for the names in `DType`, and for nothing that merely sits on Object.prototype. */
export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(dtypeBytes, name);
}

/** How many numbers a shape holds: the product of its sizes, 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The numbers of a tensor as float32; the same array, not a copy, when they already are. */
export function asFloat32(tensor: StoredTensor): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array) return Float32Array.from(data, Number);
  return Float32Array.from(data);
}
