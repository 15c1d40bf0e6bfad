import { AttrType, type EncodedAttribute } from './attribute-type';
import { bytesFrom, cApi, checked, DataType, type Pointer, type TfOutput } from './c-api';
import {
  askedConstant,
  askedNode,
  type GraphRecorder,
  type NodeOptions,
  type RecordedNode,
  type RecordedTensor,
} from './graph-recorder';
import { elementCount, type HostData } from './host-tensor';
import { newTensor } from './native-tensor';
import { opDefinition } from './op-definitions';
import { GraphDefMessage, type GraphDef } from './protobuf';
import { RecordingError } from './recording-error';

// Outputs from this index on are a kernel's private notes for its gradient, whose shape TensorFlow does not tell.
const OPAQUE_FROM: Readonly<Record<string, number>> = { FusedBatchNormV3: 3 };

/** The attribute of a node that was recorded in a `float32Scope`. */
export const STAYS_FLOAT32 = '_stays_float32';

/** The attribute of a sum whose inputs have one shape. */
export const SAME_SHAPE = '_same_shape';

/** The attribute of a convolution, or of its gradient by the input, that has the shape of the filter. */
export const FILTER_SHAPE = '_filter_shape';

/** The attribute of a gradient by the filter that has the number of places of the output, in all images. */
export const PLACES = '_places';

/**
 * Builds a TensorFlow graph node by node, without running anything: shapes and types come from TensorFlow's own shape
 * inference, which also sees the values of constants. The graph is a draft: `graphDef()` takes it out as data.
 */
export class Recorder implements GraphRecorder {
  /** All nodes, in the order in which they were added. */
  readonly nodes: RecordedNode[] = [];
  private readonly graph: Pointer = cApi().NewGraph() as Pointer;
  private readonly counts = new Map<string, number>();
  private isDisposed = false;

  add(
    op: string,
    inputs: readonly RecordedTensor[],
    attributes: readonly EncodedAttribute[],
    options: NodeOptions = {},
  ): RecordedTensor[] {
    const api = cApi();
    const asked = askedNode(op, inputs, attributes, options);
    const name = this.unique(asked.wantedName);
    const description = api.NewOperation(this.graph, op, name) as Pointer;
    this.addInputs(description, op, inputs);
    for (const control of options.controls ?? []) api.AddControlInput(description, control.output.oper);
    for (const attribute of attributes) setAttribute(description, attribute);
    if (isSumOfOneShape(op, inputs)) setAttribute(description, { name: SAME_SHAPE, type: AttrType.bool, value: true });
    if (op === 'Conv2D' || op === 'Conv2DBackpropInput') {
      setAttribute(description, { name: FILTER_SHAPE, type: AttrType.shape, value: inputs[1].shape });
    }
    if (op === 'Conv2DBackpropFilter') {
      setAttribute(description, { name: PLACES, type: AttrType.int, value: elementCount(inputs[2].shape.slice(0, 3)) });
    }
    if (asked.staysFloat32) setAttribute(description, { name: STAYS_FLOAT32, type: AttrType.bool, value: true });
    const outputs = this.finish(description, op, name, options.outputs);
    this.nodes.push({ ...asked, name, outputs });
    return outputs;
  }

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
    const outputs = this.finish(description, 'Const', name, 1);
    this.nodes.push({ ...askedConstant(dtype, shape, data), name, outputs });
    return outputs[0];
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
