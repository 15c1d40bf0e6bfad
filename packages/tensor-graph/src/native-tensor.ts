import { cApi, DataType, nativeBytes, type Pointer } from './c-api';
import { ARRAY_TYPES, elementCount, type HostData } from './host-tensor';
import { RecordingError } from './recording-error';

/** A TF_Tensor with a copy of the data; the caller deletes it. */
export function newTensor(dtype: number, shape: readonly number[], data: HostData): Pointer {
  const api = cApi();
  const tensor = api.AllocateTensor(dtype, shape, shape.length, data.byteLength) as Pointer;
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  nativeBytes(api.TensorData(tensor) as Pointer, data.byteLength).set(source);
  return tensor;
}

/** A copy of a TF_Tensor's values. Types other than float32, int32, uint8 and bool are refused. */
export function tensorValues(tensor: Pointer): TensorValues {
  return tensorArray(tensor, (bytes) => bytes.slice());
}

/** A TF_Tensor's values in its own memory, as long as it lives. */
export function tensorView(tensor: Pointer): TensorValues {
  return tensorArray(tensor, (bytes) => bytes);
}

interface TensorValues {
  readonly dtype: keyof typeof ARRAY_TYPES;
  readonly shape: number[];
  readonly data: HostData;
}

function tensorArray(tensor: Pointer, take: (bytes: Uint8Array) => Uint8Array): TensorValues {
  const api = cApi();
  const type = api.TensorType(tensor) as number;
  const dtype = (Object.keys(ARRAY_TYPES) as (keyof typeof ARRAY_TYPES)[]).find((name) => DataType[name] === type);
  if (dtype === undefined)
    throw new RecordingError(`a result has TensorFlow's type ${type}, expected float32, int32, uint8 or bool`);
  const rank = api.NumDims(tensor) as number;
  const shape = Array.from({ length: rank }, (_, axis) => Number(api.Dim(tensor, axis)));
  const bytes = take(nativeBytes(api.TensorData(tensor) as Pointer, Number(api.TensorByteSize(tensor))));
  const { buffer, byteOffset } = bytes as Uint8Array<ArrayBuffer>;
  return { dtype, shape, data: new ARRAY_TYPES[dtype](buffer, byteOffset, elementCount(shape)) };
}
