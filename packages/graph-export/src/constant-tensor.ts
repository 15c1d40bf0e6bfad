import { elementCount, type HostTensor, type TensorValue } from '@featuremine/tensor-graph';
import { ExportError } from './export-error';

// tensorflow/core/framework/types.proto
const FLOAT = 1;
const INT32 = 3;
const BOOL = 10;

/** The values of a constant node: its bytes, or the short form in which one value stands for all. */
export function tensorOf(tensor: TensorValue): HostTensor {
  const shape = (tensor.tensorShape?.dim ?? []).map(({ size = 0 }) => size);
  const length = elementCount(shape);
  switch (tensor.dtype) {
    case FLOAT:
      return { dtype: 'float32', shape, data: filled(new Float32Array(length), tensor, tensor.floatVal) };
    case INT32:
      return { dtype: 'int32', shape, data: filled(new Int32Array(length), tensor, tensor.intVal) };
    case BOOL:
      return { dtype: 'bool', shape, data: filled(new Uint8Array(length), tensor, tensor.boolVal?.map(Number)) };
    default:
      throw new ExportError({
        where: 'a constant',
        found: `TensorFlow's type ${tensor.dtype}`,
        expected: 'float32, int32 or bool',
        fix: 'Write the network’s evaluation with these types',
      });
  }
}

function filled<T extends Float32Array | Int32Array | Uint8Array>(
  data: T,
  { tensorContent = new Uint8Array(0) }: Pick<TensorValue, 'tensorContent'>,
  listed: readonly number[] = [],
): T {
  if (tensorContent.length > 0) {
    new Uint8Array(data.buffer).set(tensorContent);
    return data;
  }
  for (let i = 0; i < data.length; i++) data[i] = listed[Math.min(i, listed.length - 1)] ?? 0;
  return data;
}
