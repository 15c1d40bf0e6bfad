import { DataType } from './c-api';
import type { GraphDef, NodeDef } from './protobuf';
import { STAYS_FLOAT32 } from './recorder';

/** How an op takes part: which inputs and outputs have its type attribute `T`. */
interface Bfloat16Op {
  /** Input positions of type T, or `all`, or `all but last`. */
  readonly inputs: readonly number[] | 'all' | 'all but last';
  /** `start`: always computed in bfloat16. `follow`: when one of its inputs is. */
  readonly role: 'start' | 'follow';
  /** Whether its output (of a parameter's shape) goes back to float32 at once. */
  readonly isGradientOfParameter?: boolean;
}

const withRole =
  (role: Bfloat16Op['role']) =>
  (inputs: Bfloat16Op['inputs'], isGradientOfParameter = false): Bfloat16Op => ({
    inputs,
    role,
    isGradientOfParameter,
  });
const [start, follow] = [withRole('start'), withRole('follow')];

// BiasAddGrad is left out: on CPUs it accumulates in the type of its input.
// Convolutions start it; what stands between them follows, so that no large tensor is cast back and forth. Output 0 of
// each op has type T; further outputs (statistics of batch norm) stay float32.
const OPS: Readonly<Record<string, Bfloat16Op>> = {
  Conv2D: start([0, 1]),
  Conv2DBackpropInput: start([1, 2]),
  Conv2DBackpropFilter: start([0, 2], true),
  FusedBatchNormV3: follow([0]),
  FusedBatchNormGradV3: follow([0, 1]),
  BiasAdd: follow([0, 1]),
  Relu: follow([0]),
  ReluGrad: follow([0, 1]),
  Add: follow([0, 1]),
  AddV2: follow([0, 1]),
  AddN: follow('all'),
  Mul: follow([0, 1]),
  Pad: follow([0]),
  PadV2: follow([0, 2]),
  Slice: follow([0]),
  Reshape: follow([0]),
  ConcatV2: follow('all but last'),
  MaxPool: follow([0]),
  MaxPoolGrad: follow([0, 1, 2]),
  ResizeNearestNeighbor: follow([0]),
  ResizeNearestNeighborGrad: follow([0]),
};

/**
 * Rewrites a float32 graph so that convolutions, and all that stands between them, compute in bfloat16.
 *
 * A filter's gradient is summed in float32 and rounded once, as PyTorch's autocast does. Variables, bias gradients, sums
 * of gradients, batch statistics, losses (everything recorded in a
 * `float32Scope`) and updates stay float32; casts stand at the borders, one for each tensor and direction.
 */
export function bfloat16Rewrite(graph: GraphDef): GraphDef {
  const chosen = chooseNodes(graph);
  const rewritten: NodeDef[] = [];
  const casts = new Map<string, string>();
  // The tensor in the wanted type: itself, or one cast that all its users share.
  const as = (input: string, wanted: 'bfloat16' | 'float32'): string => {
    const [node, port = '0'] = input.split(':') as [string, string?];
    const op = chosen.get(node);
    const is = op !== undefined && port === '0' ? 'bfloat16' : 'float32';
    if (is === wanted) return input;
    const key = `${input} ${wanted}`;
    let cast = casts.get(key);
    if (cast === undefined) {
      cast = `${node}_${port}/${wanted}`;
      const attr = { SrcT: { type: DataType[is] }, DstT: { type: DataType[wanted] }, Truncate: { b: false } };
      rewritten.push({ name: cast, op: 'Cast', input: [input], attr });
      casts.set(key, cast);
    }
    return cast;
  };
  for (const node of graph.node) {
    const op = chosen.get(node.name);
    const positions = op === undefined ? new Set<number>() : typedInputs(node, op);
    const input = node.input.map((name, i) => {
      if (name.startsWith('^')) return name;
      return as(name, positions.has(i) ? 'bfloat16' : 'float32');
    });
    const attr = { ...node.attr };
    delete attr[STAYS_FLOAT32];
    if (op !== undefined) attr['T'] = { type: DataType.bfloat16 };
    rewritten.push({ ...node, input, attr });
  }
  return { ...graph, node: rewritten };
}

// Nodes stand in the order in which they were recorded: the inputs of a node come before it.
function chooseNodes(graph: GraphDef): Map<string, Bfloat16Op> {
  const chosen = new Map<string, Bfloat16Op>();
  for (const node of graph.node) {
    const op = OPS[node.op];
    const staysFloat32 = node.attr[STAYS_FLOAT32]?.b === true;
    if (op === undefined || staysFloat32 || node.attr['T']?.type !== DataType.float32) continue;
    const positions = typedInputs(node, op);
    const follows = node.input.some((name, i) => {
      const producer = chosen.get(name);
      return positions.has(i) && producer !== undefined && producer.isGradientOfParameter !== true;
    });
    if (op.role === 'start' || follows) chosen.set(node.name, op);
  }
  return chosen;
}

function typedInputs(node: NodeDef, op: Bfloat16Op): Set<number> {
  if (typeof op.inputs !== 'string') return new Set(op.inputs);
  const count = node.input.filter((name) => !name.startsWith('^')).length - (op.inputs === 'all' ? 0 : 1);
  return new Set(Array.from({ length: count }, (_, i) => i));
}
