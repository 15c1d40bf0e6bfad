import type { DataType, Tensor } from '@tensorflow/tfjs-node-gpu';
import { tf } from './tensorflow';

/** A value of a TensorFlow op's attribute, with the kind that the op's definition gives it. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number | readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'type'; readonly value: DataType };

/** The attributes of an op, by the names that TensorFlow gives them. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** The parts of tfjs-node's backend that raw ops need; published, but not in its typings. */
interface NodeBackend {
  readonly binding: Record<string, number>;
  executeMultipleOutputs(name: string, attributes: object[], inputs: readonly Tensor[], count: number): Tensor[];
}

/** An attribute of whole numbers. */
export const int = (value: number | readonly number[]): Attribute => ({ kind: 'int', value });
/** An attribute that is a number. */
export const float = (value: number): Attribute => ({ kind: 'float', value });
/** An attribute that is true or false. */
export const bool = (value: boolean): Attribute => ({ kind: 'bool', value });
/** An attribute that is a text. */
export const string = (value: string): Attribute => ({ kind: 'string', value });
/** An attribute that is a shape. */
export const shape = (value: readonly number[]): Attribute => ({ kind: 'shape', value });
/** An attribute that is a type of values. */
export const type = (value: DataType): Attribute => ({ kind: 'type', value });

/**
 * Runs one TensorFlow op by its name and returns its outputs: at once in eager mode, as a node of the graph while a
 * step is recorded. Inputs of list arguments are given flat. It has no gradient: wrap it in `tf.customGrad`.
 */
export function rawOps(name: string, inputs: readonly Tensor[], attributes: Attributes, count: number): Tensor[] {
  const backend = tf.backend() as unknown as NodeBackend;
  const { binding } = backend;
  const encoded = Object.entries(attributes).map(([key, attribute]) => {
    const { kind, value } = attribute;
    if (kind === 'type') return { name: key, type: binding['TF_ATTR_TYPE'], value: binding[TYPE_NAMES[value]] };
    return { name: key, type: binding[`TF_ATTR_${kind.toUpperCase()}`], value };
  });
  return backend.executeMultipleOutputs(name, encoded, inputs, count);
}

/** `rawOps` for an op with one output. */
export function rawOp(name: string, inputs: readonly Tensor[], attributes: Attributes): Tensor {
  return rawOps(name, inputs, attributes, 1)[0];
}

const TYPE_NAMES: Record<DataType, string> = {
  float32: 'TF_FLOAT',
  int32: 'TF_INT32',
  bool: 'TF_BOOL',
  complex64: 'TF_COMPLEX64',
  string: 'TF_STRING',
};
