import type { AttrValue, GraphDef, HostTensor, NodeDef } from '@featuremine/tensor-graph';

/** TensorFlow's numbers for the types that exports use (tensorflow/core/framework/types.proto). */
export const TensorflowType = { float32: 1, int32: 3, uint8: 4, string: 7, bool: 10 } as const;

const FLOAT: AttrValue = { type: TensorflowType.float32 };
const INT: AttrValue = { type: TensorflowType.int32 };

/** The attributes that most ops have. */
export const attributes = {
  T: FLOAT,
  int: INT,
  text: (value: string): AttrValue => ({ s: Buffer.from(value) }),
  texts: (values: readonly string[]): AttrValue => ({ list: { s: values.map((value) => Buffer.from(value)) } }),
  integers: (values: readonly number[]): AttrValue => ({ list: { i: [...values] } }),
};

/** Gathers the nodes of a graph, each with a name of its own. */
export class TensorflowNodes {
  private readonly nodes: NodeDef[] = [];
  private readonly counts = new Map<string, number>();

  /** Adds an op and gives its name. Inputs are names; `name` is kept as it is, so it must be given once only. */
  add(op: string, inputs: readonly string[], attr: Readonly<Record<string, AttrValue>>, name?: string): string {
    const unique = name ?? this.unique(op);
    this.nodes.push({ name: unique, op, input: [...inputs], attr: { ...attr } });
    return unique;
  }

  constant({ dtype, shape, data }: HostTensor): string {
    const type = TensorflowType[dtype];
    const tensorContent = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const tensorShape = { dim: shape.map((size) => ({ size })) };
    const tensor = { dtype: type, tensorShape, tensorContent };
    return this.add('Const', [], { dtype: { type }, value: { tensor } });
  }

  /** A constant of whole numbers; a vector, or a matrix with `columns`. */
  integers(values: readonly number[], columns?: number): string {
    const shape = columns === undefined ? [values.length] : [values.length / columns, columns];
    return this.constant({ dtype: 'int32', shape, data: Int32Array.from(values) });
  }

  scalar(value: number): string {
    return this.constant({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
  }

  graph(): GraphDef {
    return { node: this.nodes, versions: PRODUCER };
  }

  private unique(op: string): string {
    const count = this.counts.get(op) ?? 0;
    this.counts.set(op, count + 1);
    return `${op}_${count}`;
  }
}

// The graph version of TensorFlow 2.9 (tensorflow/core/public/version.h): without one, deprecated meanings apply.
const PRODUCER = { producer: 1087, minConsumer: 12 };
