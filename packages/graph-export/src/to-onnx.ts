import { toTorchLayout } from '@featuremine/weights';
import type { HostTensor } from '@featuremine/tensor-graph';
import {
  isBinary,
  type BinaryKind,
  type ExportGraph,
  type ExportNode,
  type OperationOf,
  type Padding,
} from './export-graph';
import { ExportError } from './export-error';
import { OnnxNodes, onnxInteger, onnxIntegers, onnxText } from './onnx-nodes';
import { OnnxType, type OnnxModel, type OnnxValue } from './onnx-protobuf';
import { nodesOf } from './rewrite';

/** The version of ONNX's operators that is written. */
const OPSET = 17;

/** What of a node is at hand while it is written. */
interface Writing {
  readonly nodes: OnnxNodes;
  readonly inputs: readonly string[];
  readonly node: ExportNode;
}

/**
 * Writes an export graph as an ONNX model. Everything of four axes is [N, C, H, W] there, inputs included, so that
 * nothing is transposed between layers; where a map becomes rows of predictions, its channels go last once.
 */
export function toOnnx(graph: ExportGraph, metadata: Readonly<Record<string, string>>): OnnxModel {
  const nodes = new OnnxNodes();
  const names = new Map<ExportNode, string>();
  for (const node of nodesOf(graph)) {
    // A constant is written by its user, who knows its layout.
    if (node.operation.kind === 'constant') continue;
    const inputs = node.inputs.map((input) => names.get(input) ?? constantFor(nodes, input, node, names));
    names.set(node, write({ nodes, inputs, node }));
  }
  for (const [name, node] of Object.entries(graph.outputs)) nodes.add('Identity', [names.get(node)!], {}, name);
  return {
    opset: OPSET,
    nodes: nodes.nodes,
    initializers: nodes.initializers,
    inputs: graph.inputs.map((node) => valueOf((node.operation as OperationOf<'input'>).name, node)),
    outputs: Object.entries(graph.outputs).map(([name, node]) => valueOf(name, node)),
    metadata,
  };
}

function write(writing: Writing): string {
  const { nodes, inputs, node } = writing;
  const { operation } = node;
  if (isBinary(operation)) return nodes.add(BINARY[operation.kind], inputs);
  switch (operation.kind) {
    case 'input':
      return operation.name;
    case 'constant':
      return nodes.constant(operation.value);
    case 'conv2d':
      return convolution(writing, operation);
    case 'maxPool':
      return nodes.add('MaxPool', inputs, { ...window(operation), pads: padsOf(operation.padding) });
    case 'averagePool':
      return nodes.add('AveragePool', inputs, window(operation));
    case 'relu':
      return nodes.add('Relu', inputs);
    case 'square':
      return nodes.add('Mul', [inputs[0], inputs[0]]);
    case 'rsqrt':
      return nodes.add('Reciprocal', [nodes.add('Sqrt', inputs)]);
    case 'sigmoid':
      return nodes.add('Sigmoid', inputs);
    case 'exp':
      return nodes.add('Exp', inputs);
    case 'softmax':
      return nodes.add('Softmax', inputs, { axis: onnxInteger(axisOf(node.shape.length - 1, node)) });
    case 'mean':
    case 'sum':
      return reduction(writing, operation);
    case 'reshape':
      return reshape(writing, operation);
    case 'tile':
      return nodes.add('Tile', [inputs[0], nodes.integers(channelsFirst(operation.repeats))]);
    case 'concat':
      return nodes.add('Concat', inputs, { axis: onnxInteger(axisOf(operation.axis, node)) });
    case 'slice':
      return slice(writing, operation);
    case 'pad':
      return pad(writing, operation);
    case 'upsample':
      return upsample(writing, operation);
    case 'matMul':
      return nodes.add('MatMul', inputs);
    case 'cast':
      return nodes.add('Cast', inputs, { to: onnxInteger(OnnxType[operation.to]) });
    case 'topPlaces':
      return nodes.addSecond('TopK', [inputs[0], nodes.integers([operation.count])]);
    case 'gather':
      return nodes.add('Gather', inputs);
    case 'suppress':
      return suppress(writing, operation);
  }
}

const BINARY: Readonly<Record<BinaryKind, string>> = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  minimum: 'Min',
  maximum: 'Max',
  floorDivide: 'Div',
};

function window({
  size,
  stride,
}: {
  readonly size: number;
  readonly stride: number;
}): Record<string, ReturnType<typeof onnxIntegers>> {
  return { kernel_shape: onnxIntegers([size, size]), strides: onnxIntegers([stride, stride]) };
}

function padsOf({ top, left, bottom, right }: Padding): ReturnType<typeof onnxIntegers> {
  return onnxIntegers([top, left, bottom, right]);
}

function convolution({ nodes, inputs, node }: Writing, { stride, padding, hasRelu }: OperationOf<'conv2d'>): string {
  const [height, width] = node.inputs[1].shape;
  const result = nodes.add('Conv', inputs, {
    kernel_shape: onnxIntegers([height, width]),
    strides: onnxIntegers([stride, stride]),
    pads: padsOf(padding),
  });
  return hasRelu ? nodes.add('Relu', [result]) : result;
}

function reduction({ nodes, inputs, node }: Writing, { kind, axes, keepsAxes }: OperationOf<'mean' | 'sum'>): string {
  const [x] = node.inputs;
  // What is left of [N, C, H, W] is in the order of [N, H, W, C] only without H and W.
  const isOrdered = keepsAxes || x.shape.length !== 4 || (axes.includes(1) && axes.includes(2));
  const from = isOrdered ? inputs[0] : channelsLastAgain(nodes, inputs[0]);
  const list = isOrdered ? axes.map((axis) => axisOf(axis, x)) : axes;
  const keepdims = onnxInteger(keepsAxes ? 1 : 0);
  if (kind === 'mean') return nodes.add('ReduceMean', [from], { axes: onnxIntegers(list), keepdims });
  return nodes.add('ReduceSum', [from, nodes.integers(list)], { keepdims });
}

function reshape({ nodes, inputs, node }: Writing, { shape }: OperationOf<'reshape'>): string {
  const [x] = node.inputs;
  const from = isMap(x.shape) ? channelsLastAgain(nodes, inputs[0]) : inputs[0];
  if (!isMap(shape)) return nodes.add('Reshape', [from, nodes.integers(channelsFirst(shape))]);
  const result = nodes.add('Reshape', [from, nodes.integers(shape)]);
  return nodes.add('Transpose', [result], { perm: onnxIntegers([0, 3, 1, 2]) });
}

/** Whether the order of the channels matters: not for [N, 1, 1, C], which is the same in memory as [N, C, 1, 1]. */
function isMap(shape: readonly number[]): boolean {
  return shape.length === 4 && !(shape[1] === 1 && shape[2] === 1);
}

function channelsLastAgain(nodes: OnnxNodes, name: string): string {
  return nodes.add('Transpose', [name], { perm: onnxIntegers([0, 2, 3, 1]) });
}

function slice({ nodes, inputs }: Writing, operation: OperationOf<'slice'>): string {
  const [begin, end, strides] = [operation.begin, operation.end, operation.strides].map((list) => channelsFirst(list));
  const axes = [...begin.keys()].filter((axis) => begin[axis] !== 0 || end[axis] !== -1 || strides[axis] !== 1);
  const at = (list: readonly number[]): number[] => axes.map((axis) => list[axis]);
  const ends = at(end).map((last) => (last === -1 ? Infinity : last));
  const lists = [at(begin), ends, axes, at(strides)].map((list) => nodes.integers(list));
  return nodes.add('Slice', [inputs[0], ...lists]);
}

function pad({ nodes, inputs }: Writing, operation: OperationOf<'pad'>): string {
  const sides = channelsFirst(operation.sides);
  const pads = nodes.integers([...sides.map(([before]) => before), ...sides.map(([, behind]) => behind)]);
  return nodes.add('Pad', [inputs[0], pads, nodes.floats(operation.value)]);
}

function upsample({ nodes, inputs, node }: Writing, { to }: OperationOf<'upsample'>): string {
  const form = {
    mode: onnxText('nearest'),
    coordinate_transformation_mode: onnxText('asymmetric'),
    nearest_mode: onnxText('floor'),
  };
  if ('scale' in to) return nodes.add('Resize', [inputs[0], '', nodes.floats([1, 1, to.scale, to.scale])], form);
  if (node.shape[0] !== -1) return nodes.add('Resize', [inputs[0], '', '', nodes.integers(channelsFirst(node.shape))], form); // prettier-ignore
  const [, rows, columns] = node.inputs[0].shape;
  return nodes.add('Resize', [inputs[0], '', nodes.floats([1, 1, to.rows / rows, to.columns / columns])], form);
}

function suppress({ nodes, inputs }: Writing, operation: OperationOf<'suppress'>): string {
  const boxes = nodes.add('Unsqueeze', [inputs[0], nodes.integers([0])]); // [1, n, 4]
  const scores = nodes.add('Unsqueeze', [inputs[1], nodes.integers([0, 1])]); // [1, 1, n]
  const limits = [nodes.integers([operation.limit]), nodes.floats([operation.iouThreshold]), nodes.floats([operation.scoreThreshold])]; // prettier-ignore
  const rows = nodes.add('NonMaxSuppression', [boxes, scores, ...limits]); // [D, 3]: image, class, place
  return nodes.add('Gather', [rows, nodes.wholeNumber(2)], { axis: onnxInteger(1) });
}

/** A constant as its user needs it: filters [O, C, kh, kw], and beside a map of channels [C, 1, 1]. */
function constantFor(nodes: OnnxNodes, constant: ExportNode, user: ExportNode, names: Map<ExportNode, string>): string {
  const { value } = constant.operation as OperationOf<'constant'>;
  const isConvolution = user.operation.kind === 'conv2d';
  if (isConvolution && value.shape.length === 4) {
    const name = nodes.constant({ dtype: 'float32', ...toTorchLayout(value.shape, value.data as Float32Array) });
    names.set(constant, name); // filters are used as filters only
    return name;
  }
  const isBesideMap = !isConvolution && user.shape.length === 4 && value.shape.length > 0;
  return nodes.constant(isBesideMap ? besideMap(value) : value);
}

function besideMap(value: HostTensor): HostTensor {
  const { shape } = value;
  const full = [...Array<number>(4 - shape.length).fill(1), ...shape];
  // Of one axis only, the order in memory stays.
  if (shape.filter((size) => size !== 1).length <= 1) return { ...value, shape: channelsFirst(full) };
  throw new ExportError({
    where: `a constant of shape [${shape.join(', ')}] beside a map`,
    found: 'several axes',
    expected: 'one value a channel',
    fix: 'Write the network’s evaluation with one value a channel',
  });
}

/** What is listed for [N, H, W, C] in the order [N, C, H, W]; lists of another length stay. */
function channelsFirst<T>(list: readonly T[]): readonly T[] {
  return list.length === 4 ? [list[0], list[3], list[1], list[2]] : list;
}

function axisOf(axis: number, { shape }: ExportNode): number {
  return shape.length === 4 ? [0, 2, 3, 1][axis] : axis;
}

const AXES_OF_MAP = ['batch', 'channels', 'height', 'width'];

function valueOf(name: string, { dtype, shape }: ExportNode): OnnxValue {
  const names = shape.length === 4 ? AXES_OF_MAP : ['batch', `${name}_rows`, `${name}_columns`];
  const sizes = channelsFirst(shape).map((size, axis) => (size === -1 ? names[axis] : size));
  return { name, elementType: OnnxType[dtype], shape: sizes };
}
