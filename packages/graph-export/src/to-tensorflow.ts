import type { AttrValue, GraphDef } from '@featuremine/tensor-graph';
import {
  isBinary,
  isUnary,
  type ExportGraph,
  type ExportNode,
  type OperationOf,
  type Padding,
  type UpsampleTarget,
} from './export-graph';
import { nodesOf } from './rewrite';
import { attributes, TensorflowNodes, TensorflowType } from './tensorflow-nodes';

const { T, int, text, texts, integers } = attributes;
const NHWC = { T, data_format: text('NHWC') };

/** What the graph is written for: TensorFlow's own runtime, or tfjs, which has one op for a convolution with its ReLU. */
export type TensorflowFlavour = 'tensorflow' | 'tfjs';

/** What of a node is at hand while it is written. */
interface Writing {
  readonly nodes: TensorflowNodes;
  readonly flavour: TensorflowFlavour;
  readonly inputs: readonly string[];
  readonly node: ExportNode;
}

/** Writes an export graph as a TensorFlow graph; inputs and outputs are the nodes of their names. */
export function toTensorflow(graph: ExportGraph, flavour: TensorflowFlavour): GraphDef {
  const nodes = new TensorflowNodes();
  const names = new Map<ExportNode, string>();
  for (const node of nodesOf(graph)) {
    const inputs = node.inputs.map((input) => names.get(input)!);
    names.set(node, write({ nodes, flavour, inputs, node }));
  }
  for (const [name, node] of Object.entries(graph.outputs)) {
    nodes.add('Identity', [names.get(node)!], { T: typeOf(node) }, name);
  }
  return nodes.graph();
}

function write(writing: Writing): string {
  const { nodes, inputs, node } = writing;
  const { operation } = node;
  if (isUnary(operation) || isBinary(operation)) return nodes.add(PLAIN[operation.kind], inputs, { T: typeOf(node) });
  switch (operation.kind) {
    case 'input': {
      const shape = { shape: { dim: node.shape.map((size) => ({ size })) } };
      return nodes.add('Placeholder', [], { dtype: T, shape }, operation.name);
    }
    case 'constant':
      return nodes.constant(operation.value);
    case 'conv2d':
      return writing.flavour === 'tfjs' ? fusedConvolution(writing, operation) : convolution(writing, operation);
    case 'maxPool':
      return maxPool(writing, operation);
    case 'averagePool': {
      const [size, stride] = [square(operation.size), square(operation.stride)];
      return nodes.add('AvgPool', inputs, { ...NHWC, ksize: size, strides: stride, padding: text('VALID') });
    }
    case 'mean':
    case 'sum': {
      const op = operation.kind === 'mean' ? 'Mean' : 'Sum';
      const axes = nodes.integers(operation.axes);
      return nodes.add(op, [inputs[0], axes], { T, Tidx: int, keep_dims: { b: operation.keepsAxes } });
    }
    case 'reshape':
      return nodes.add('Reshape', [inputs[0], nodes.integers(operation.shape)], { T: typeOf(node), Tshape: int });
    case 'tile':
      return nodes.add('Tile', [inputs[0], nodes.integers(operation.repeats)], { T, Tmultiples: int });
    case 'concat': {
      const axis = nodes.constant({ dtype: 'int32', shape: [], data: Int32Array.of(operation.axis) });
      return nodes.add('ConcatV2', [...inputs, axis], { T: typeOf(node), Tidx: int, N: { i: inputs.length } });
    }
    case 'slice':
      return slice(writing, operation);
    case 'pad':
      return pad(writing, operation.sides, operation.value);
    case 'upsample':
      return upsample(writing, operation.to);
    case 'matMul':
      return nodes.add('MatMul', inputs, { T, transpose_a: { b: false }, transpose_b: { b: false } });
    case 'cast':
      return nodes.add('Cast', inputs, { SrcT: typeOf(node.inputs[0]), DstT: typeOf(node), Truncate: { b: false } });
    case 'topPlaces': {
      const count = nodes.constant({ dtype: 'int32', shape: [], data: Int32Array.of(operation.count) });
      return `${nodes.add('TopKV2', [inputs[0], count], { T, Tk: int, index_type: int, sorted: { b: true } })}:1`;
    }
    case 'gather': {
      const axis = nodes.constant({ dtype: 'int32', shape: [], data: Int32Array.of(0) });
      const types = { Tparams: typeOf(node), Tindices: int, Taxis: int };
      return nodes.add('GatherV2', [...inputs, axis], { ...types, batch_dims: { i: 0 } });
    }
    case 'suppress': {
      const limit = nodes.constant({ dtype: 'int32', shape: [], data: Int32Array.of(operation.limit) });
      const thresholds = [nodes.scalar(operation.iouThreshold), nodes.scalar(operation.scoreThreshold)];
      return nodes.add('NonMaxSuppressionV3', [...inputs, limit, ...thresholds], { T, T_threshold: T });
    }
  }
}

function typeOf({ dtype }: ExportNode): AttrValue {
  return { type: TensorflowType[dtype] };
}

/** What has no attribute but its type. */
const PLAIN = {
  relu: 'Relu',
  square: 'Square',
  rsqrt: 'Rsqrt',
  sigmoid: 'Sigmoid',
  exp: 'Exp',
  softmax: 'Softmax',
  add: 'AddV2',
  subtract: 'Sub',
  multiply: 'Mul',
  minimum: 'Minimum',
  maximum: 'Maximum',
  floorDivide: 'FloorDiv',
} as const;

const square = (size: number): ReturnType<typeof integers> => integers([1, size, size, 1]);

function convolution({ nodes, inputs, node }: Writing, operation: OperationOf<'conv2d'>): string {
  const [x, filter, bias] = inputs;
  const [height, width] = node.inputs[1].shape;
  const { stride, padding, hasRelu } = operation;
  const mode = paddingMode(padding, { height, width, stride });
  // Explicit padding misses TensorFlow's fast path on CPUs.
  const from = mode === 'PAD' ? pad({ nodes, inputs: [x] }, mapSides(padding), 0) : x;
  const form = { strides: square(stride), dilations: square(1), padding: text(mode === 'PAD' ? 'VALID' : mode) };
  let result = nodes.add('Conv2D', [from, filter], { ...NHWC, ...form });
  if (bias !== undefined) result = nodes.add('BiasAdd', [result, bias], NHWC);
  return hasRelu ? nodes.add('Relu', [result], { T }) : result;
}

function fusedConvolution({ nodes, inputs, node }: Writing, operation: OperationOf<'conv2d'>): string {
  const [height, width] = node.inputs[1].shape;
  const { stride, padding, hasRelu } = operation;
  const mode = paddingMode(padding, { height, width, stride });
  const explicit = mode === 'PAD' ? { explicit_paddings: integers(mapSides(padding).flat()) } : {};
  const form = { strides: square(stride), dilations: square(1), padding: text(mode === 'PAD' ? 'EXPLICIT' : mode) };
  const common = { ...NHWC, ...form, ...explicit };
  if (inputs.length === 3) {
    const fused = { fused_ops: texts(hasRelu ? ['BiasAdd', 'Relu'] : ['BiasAdd']), num_args: { i: 1 } };
    return nodes.add('_FusedConv2D', inputs, { ...common, ...fused, epsilon: { f: 0 } });
  }
  const result = nodes.add('Conv2D', inputs, common);
  return hasRelu ? nodes.add('Relu', [result], { T }) : result;
}

/** Below all activations, and finite in half precision's wider kin. */
const LOWEST = -3e38;

function maxPool({ nodes, inputs }: Writing, { size, stride, padding }: OperationOf<'maxPool'>): string {
  const mode = paddingMode(padding, { height: size, width: size, stride });
  const from = mode === 'PAD' ? pad({ nodes, inputs }, mapSides(padding), LOWEST) : inputs[0];
  const form = { ksize: square(size), strides: square(stride), padding: text(mode === 'PAD' ? 'VALID' : mode) };
  return nodes.add('MaxPool', [from], { ...NHWC, ...form });
}

function pad(
  { nodes, inputs }: Pick<Writing, 'nodes' | 'inputs'>,
  sides: readonly (readonly number[])[],
  value: number,
): string {
  const paddings = nodes.integers(sides.flat(), 2);
  const types = { T, Tpaddings: int };
  if (value === 0) return nodes.add('Pad', [inputs[0], paddings], types);
  return nodes.add('PadV2', [inputs[0], paddings, nodes.scalar(value)], types);
}

function slice({ nodes, inputs }: Writing, { begin, end, strides }: OperationOf<'slice'>): string {
  const openEnds = end.reduce((mask, last, axis) => (last === -1 ? mask | (1 << axis) : mask), 0);
  const range = [begin, end.map((last) => Math.max(last, 0)), strides].map((values) => nodes.integers(values));
  const masks = { begin_mask: 0, end_mask: openEnds, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 };
  const attr = Object.fromEntries(Object.entries(masks).map(([name, i]) => [name, { i }]));
  return nodes.add('StridedSlice', [inputs[0], ...range], { T, Index: int, ...attr });
}

function upsample({ nodes, inputs, node }: Writing, to: UpsampleTarget): string {
  const [, rows, columns] = node.shape;
  const isOpen = 'scale' in to && (rows === -1 || columns === -1);
  const known = isOpen ? scaledSize({ nodes, inputs }, to.scale) : nodes.integers([rows, columns]);
  const form = { align_corners: { b: false }, half_pixel_centers: { b: false } };
  return nodes.add('ResizeNearestNeighbor', [inputs[0], known], { T, ...form });
}

// The rows and columns of a map whose size is known only when the graph runs.
function scaledSize({ nodes, inputs }: Pick<Writing, 'nodes' | 'inputs'>, scale: number): string {
  const shape = nodes.add('Shape', [inputs[0]], { T, out_type: int });
  const [begin, end, step] = [[1], [3], [1]].map((values) => nodes.integers(values));
  const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'];
  const attr = Object.fromEntries(masks.map((name) => [name, { i: 0 }]));
  const size = nodes.add('StridedSlice', [shape, begin, end, step], { T: int, Index: int, ...attr });
  return nodes.add('Mul', [size, nodes.integers([scale, scale])], { T: int });
}

/** TensorFlow's padding for a window: SAME is the symmetric one for stride 1 only, whatever the size of the map. */
function paddingMode(
  { top, bottom, left, right }: Padding,
  { height, width, stride }: { readonly height: number; readonly width: number; readonly stride: number },
): 'VALID' | 'SAME' | 'PAD' {
  if (top + bottom + left + right === 0) return 'VALID';
  const isSame = (before: number, after: number, length: number): boolean =>
    before === Math.floor((length - 1) / 2) && before + after === length - 1;
  return stride === 1 && isSame(top, bottom, height) && isSame(left, right, width) ? 'SAME' : 'PAD';
}

function mapSides({ top, bottom, left, right }: Padding): [number, number][] {
  return [[0, 0], [top, bottom], [left, right], [0, 0]]; // prettier-ignore
}
