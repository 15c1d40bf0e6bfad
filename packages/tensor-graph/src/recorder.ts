import { AttrType, typeAttribute, type EncodedAttribute } from './attribute-type';
import { RecordingError } from './recording-error';
import { bytesFrom, cApi, checked, DataType, nativeBytes, type Pointer, type TfOutput } from './c-api';
import { opDefinition } from './op-definitions';
import { promisedPrecision } from './precision-scope';
import { GraphDefMessage, type GraphDef } from './protobuf';
import { ARRAY_TYPES, elementCount, type HostData } from './host-tensor';

// Outputs from this index on are a kernel's private notes for its gradient, whose shape TensorFlow does not tell.
const OPAQUE_FROM: Readonly<Record<string, number>> = { FusedBatchNormV3: 3 };

/** The attribute of a node whose precision was promised: its name. */
export const PRECISION = '_precision';

/** The attribute of a sum whose inputs have one shape. */
export const SAME_SHAPE = '_same_shape';

/** One output of a recorded node, with what the shape inference knows of it. */
export interface RecordedTensor {
  readonly node: string;
  readonly output: TfOutput;
  /** TF_DataType. */
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** A constant that entered the graph while it was recorded. */
export interface RecordedConstant {
  readonly node: string;
  readonly bytes: Uint8Array;
}

/**
 * Builds a TensorFlow graph node by node, without running anything: shapes and types come from TensorFlow's own shape
 * inference, which also sees the values of constants. The graph is a draft: `graphDef()` takes it out as data.
 */
export class Recorder {
  readonly constants: RecordedConstant[] = [];
  private readonly graph: Pointer = cApi().NewGraph() as Pointer;
  private readonly counts = new Map<string, number>();
  private isDisposed = false;

  /**
   * Adds one node and returns its outputs. `inputs` are flat: a list argument takes those that the single arguments
   * leave. @throws RecordingError when an output's shape is not known before the graph runs
   */
  add(
    op: string,
    inputs: readonly RecordedTensor[],
    attributes: readonly EncodedAttribute[],
    options: { readonly controls?: readonly RecordedTensor[]; readonly name?: string; readonly outputs?: number } = {},
  ): RecordedTensor[] {
    const api = cApi();
    const name = this.unique(options.name ?? op);
    const description = api.NewOperation(this.graph, op, name) as Pointer;
    this.addInputs(description, op, inputs);
    for (const control of options.controls ?? []) api.AddControlInput(description, control.output.oper);
    for (const attribute of attributes) setAttribute(description, attribute);
    if (isSumOfOneShape(op, inputs)) setAttribute(description, { name: SAME_SHAPE, type: AttrType.bool, value: true });
    const precision = promisedPrecision();
    if (precision !== undefined)
      setAttribute(description, { name: PRECISION, type: AttrType.string, value: precision });
    return this.finish(description, op, name, options.outputs);
  }

  /** Adds a constant node. */
  constant(dtype: number, shape: readonly number[], data: HostData): RecordedTensor {
    const api = cApi();
    const name = this.unique('Const');
    const description = api.NewOperation(this.graph, 'Const', name) as Pointer;
    const tensor = newTensor(dtype, shape, data);
    try {
      api.SetAttrType(description, 'dtype', dtype);
      checked('constant', (status) => api.SetAttrTensor(description, 'value', tensor, status));
    } finally {
      api.DeleteTensor(tensor);
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    this.constants.push({ node: name, bytes });
    return this.finish(description, 'Const', name, 1)[0];
  }

  /** A node that is fed at every run. */
  placeholder(name: string, dtype: number, shape: readonly number[]): RecordedTensor {
    const attributes = [typeAttribute('dtype', dtype), { name: 'shape', type: AttrType.shape, value: shape }];
    return this.add('Placeholder', [], attributes, { name })[0];
  }

  /** The whole graph as data. */
  graphDef(): GraphDef {
    const api = cApi();
    return GraphDefMessage.decode(
      bytesFrom('graph', (buffer, status) => api.GraphToGraphDef(this.graph, buffer, status)),
    );
  }

  dispose(): void {
    if (!this.isDisposed) cApi().DeleteGraph(this.graph);
    this.isDisposed = true;
  }

  private addInputs(description: Pointer, op: string, inputs: readonly RecordedTensor[]): void {
    const api = cApi();
    const { inputs: expected } = opDefinition(this.graph, op);
    const singles = expected.filter(({ isList }) => !isList).length;
    let next = 0;
    for (const { isList } of expected) {
      if (isList) {
        const length = inputs.length - singles;
        const list = inputs.slice(next, next + length).map(({ output }) => output);
        api.AddInputList(description, list, list.length);
        next += length;
      } else {
        const input = inputs[next++];
        if (input === undefined) throw new RecordingError(`op ${op} has ${inputs.length} inputs, expected more`);
        api.AddInput(description, input.output);
      }
    }
  }

  private finish(description: Pointer, op: string, name: string, outputs: number | undefined): RecordedTensor[] {
    const api = cApi();
    const oper = checked(`op ${op} (${name})`, (status) => api.FinishOperation(description, status) as Pointer);
    const count = outputs ?? (api.OperationNumOutputs(oper) as number);
    if (count === 0) return [{ node: name, output: { oper, index: 0 }, dtype: 0, shape: [] }];
    return Array.from({ length: count }, (_, index) => {
      const output = { oper, index };
      const dtype = api.OperationOutputType(output) as number;
      const isOpaque = dtype === DataType.resource || index >= (OPAQUE_FROM[op] ?? Infinity);
      return { node: name, output, dtype, shape: isOpaque ? [] : this.shapeOf(output, op, name) };
    });
  }

  private shapeOf(output: TfOutput, op: string, name: string): number[] {
    const api = cApi();
    const rank = checked(name, (status) => api.GraphGetTensorNumDims(this.graph, output, status) as number);
    const dims = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) checked(name, (status) => api.GraphGetTensorShape(this.graph, output, dims, rank, status));
    const shape = Array.from(dims, Number);
    if (rank < 0 || shape.some((size) => size < 0)) {
      throw new RecordingError(
        `op ${op} (${name}): its output's shape depends on values, expected one that is known before the graph runs. ` +
          'Compute it outside the compiled function and pass it as an input.',
      );
    }
    return shape;
  }

  private unique(name: string): string {
    const count = this.counts.get(name) ?? 0;
    this.counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }
}

function isSumOfOneShape(op: string, inputs: readonly RecordedTensor[]): boolean {
  return (op === 'AddV2' || op === 'Add') && inputs.every(({ shape }) => shape.join() === inputs[0].shape.join());
}

function setAttribute(description: Pointer, { name, type, value }: EncodedAttribute): void {
  const api = cApi();
  const list = Array.isArray(value) ? (value as number[]) : undefined;
  switch (type) {
    case AttrType.string: {
      const bytes = Buffer.from(value as string);
      return void api.SetAttrString(description, name, bytes, bytes.length);
    }
    case AttrType.int:
      if (list === undefined) return void api.SetAttrInt(description, name, value);
      return void api.SetAttrIntList(description, name, list, list.length);
    case AttrType.float:
      if (list === undefined) return void api.SetAttrFloat(description, name, value);
      return void api.SetAttrFloatList(description, name, list, list.length);
    case AttrType.bool:
      return void api.SetAttrBool(description, name, value === true || value === 1 ? 1 : 0);
    case AttrType.type:
      if (list === undefined) return void api.SetAttrType(description, name, value);
      return void api.SetAttrTypeList(description, name, list, list.length);
    case AttrType.shape:
      return void api.SetAttrShape(description, name, list ?? [], list?.length ?? 0);
    default:
      throw new RecordingError(`attribute ${name} has the unknown type ${type}`);
  }
}

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
