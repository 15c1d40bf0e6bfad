import { ShapeError } from '@featuremine/errors';

/** The types of values that go into a compiled function and come out of it. */
export type HostDataType = 'float32' | 'int32' | 'uint8' | 'bool';
/** The values of a `HostTensor`. */
export type HostData = Float32Array | Int32Array | Uint8Array;

/** A tensor in JavaScript memory: what goes into and comes out of a compiled function. Row-major. */
export interface HostTensor {
  readonly dtype: HostDataType;
  readonly shape: readonly number[];
  /** Float32Array for float32, Int32Array for int32, Uint8Array for uint8 and bool. */
  readonly data: HostData;
}

/** The number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Checks that the data has the type and length that dtype and shape promise. @throws ShapeError */
export function checkHostTensor(name: string, tensor: HostTensor): void {
  const expected = elementCount(tensor.shape);
  if (tensor.data.length !== expected) {
    throw new ShapeError({
      where: `input ${name}`,
      found: `${tensor.data.length} values`,
      expected: `${expected} for shape [${tensor.shape.join(', ')}]`,
      fix: 'Give data and shape that belong together',
    });
  }
  if (!(tensor.data instanceof ARRAY_TYPES[tensor.dtype])) {
    throw new ShapeError({
      where: `input ${name}`,
      found: `a ${tensor.data.constructor.name} with dtype ${tensor.dtype}`,
      expected: ARRAY_TYPES[tensor.dtype].name,
      fix: 'Give the typed array of the dtype',
    });
  }
}

/** The typed array of a dtype. */
export const ARRAY_TYPES = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array } as const;
