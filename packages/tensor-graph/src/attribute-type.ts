/** The type of an op's attribute, as tfjs-node's binding and TensorFlow's C API number them (TF_AttrType). */
export const AttrType = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** An attribute as tfjs-node's kernels pass it to the binding. */
export interface EncodedAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** An attribute that holds a TF_DataType. */
export function typeAttribute(name: string, value: number): EncodedAttribute {
  return { name, type: AttrType.type, value };
}
