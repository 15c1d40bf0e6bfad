import { DataType } from './c-api';
import type { HostTensor } from './host-tensor';
import type { NodeDef } from './protobuf';

/** A constant node that holds a tensor. */
export function constantNode(name: string, { dtype, shape, data }: HostTensor): NodeDef {
  const type = DataType[dtype];
  const tensorContent = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const tensorShape = { dim: shape.map((size) => ({ size })) };
  const tensor = { dtype: type, tensorShape, tensorContent };
  return { name, op: 'Const', input: [], attr: { dtype: { type }, value: { tensor } } };
}
