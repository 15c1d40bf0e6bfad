import { elementCount } from '@featuremine/tensor-graph';
import type { ExportGraph, ExportNode, OperationOf, Padding } from './export-graph';
import { floats, makeNode } from './make-node';
import { rewrite, type Rewriter } from './rewrite';

/**
 * The same function with fewer nodes: factors, sums and ReLUs behind a convolution become part of it (that is how batch
 * norm goes into the filter), and so does padding before it or before a pooling.
 */
export function simplify(graph: ExportGraph): ExportGraph {
  return rewrite(graph, (node, users) => {
    for (const rule of RULES) {
      const result = rule(node, users);
      if (result !== undefined) return result;
    }
    return undefined;
  });
}

const RULES: readonly Rewriter[] = [absorbPadding, foldFactor, foldShift, foldRelu, everySecondCell];

/** Below this a cell never is the maximum of a window. */
const LOWEST = -1e38;

function absorbPadding({ operation, inputs }: ExportNode): ExportNode | undefined {
  if (operation.kind !== 'conv2d' && operation.kind !== 'maxPool') return undefined;
  const before = ofKind(inputs[0], 'pad');
  if (before === undefined) return undefined;
  const { sides, value } = before.operation;
  const isNeutral = operation.kind === 'conv2d' ? value === 0 : value < LOWEST;
  const isSpatial = [0, 3].every((axis) => sides[axis][0] === 0 && sides[axis][1] === 0);
  if (!isNeutral || !isSpatial) return undefined;
  const { top, bottom, left, right } = operation.padding;
  const padding: Padding = {
    top: top + sides[1][0],
    bottom: bottom + sides[1][1],
    left: left + sides[2][0],
    right: right + sides[2][1],
  };
  return makeNode({ ...operation, padding }, [before.inputs[0], ...inputs.slice(1)]);
}

/** A convolution (its only user is at hand) and the constant [C] that its result is combined with. */
interface ChannelWise {
  readonly convolution: ExportNode & { readonly operation: OperationOf<'conv2d'> };
  readonly values: Float32Array;
}

function channelWise(node: ExportNode, users: (input: ExportNode) => number): ChannelWise | undefined {
  for (const [x, y] of [node.inputs, [...node.inputs].reverse()]) {
    const convolution = ofKind(x, 'conv2d');
    const values = ofKind(y, 'constant')?.operation.value;
    if (convolution === undefined || values?.dtype !== 'float32') continue;
    const isVector = y.shape.length === 1 && y.shape[0] === x.shape[3];
    if (isVector && !convolution.operation.hasRelu && users(x) === 1) {
      return { convolution, values: values.data as Float32Array };
    }
  }
  return undefined;
}

function foldFactor(node: ExportNode, users: (input: ExportNode) => number): ExportNode | undefined {
  if (node.operation.kind !== 'multiply') return undefined;
  const match = channelWise(node, users);
  if (match === undefined) return undefined;
  const { convolution, values } = match;
  const [x, filter, bias] = convolution.inputs;
  const scaled = (weights: ExportNode): ExportNode | undefined => {
    const stored = ofKind(weights, 'constant')?.operation.value.data;
    return (
      stored &&
      floats(
        weights.shape,
        (stored as Float32Array).map((value, i) => value * values[i % values.length]),
      )
    );
  };
  const [newFilter, newBias] = [scaled(filter), bias && scaled(bias)];
  if (newFilter === undefined) return undefined;
  return makeNode(convolution.operation, newBias ? [x, newFilter, newBias] : [x, newFilter]);
}

function foldShift(node: ExportNode, users: (input: ExportNode) => number): ExportNode | undefined {
  if (node.operation.kind !== 'add') return undefined;
  const match = channelWise(node, users);
  if (match === undefined) return undefined;
  const { convolution, values } = match;
  const [x, filter, bias] = convolution.inputs;
  const before = bias && ofKind(bias, 'constant')?.operation.value.data;
  const sum = Float32Array.from(values, (value, i) => value + (before?.[i] ?? 0));
  return makeNode(convolution.operation, [x, filter, floats([sum.length], sum)]);
}

function foldRelu(node: ExportNode, users: (input: ExportNode) => number): ExportNode | undefined {
  if (node.operation.kind !== 'relu') return undefined;
  const convolution = ofKind(node.inputs[0], 'conv2d');
  if (convolution === undefined || users(node.inputs[0]) !== 1) return undefined;
  return makeNode({ ...convolution.operation, hasRelu: true }, convolution.inputs);
}

// [N, H, W, C] → [N·H/2, 2, W/2, 2·C] → the first of each pair → [N, H/2, W/2, C] takes every second row and column.
function everySecondCell(node: ExportNode): ExportNode | undefined {
  const part = ofKind(node, 'reshape') && ofKind(node.inputs[0], 'slice');
  const pairs = part && ofKind(part.inputs[0], 'reshape');
  if (part === undefined || pairs === undefined) return undefined;
  const x = pairs.inputs[0];
  if (x.shape.length !== 4 || node.shape.length !== 4 || x.shape.includes(-1)) return undefined;
  const [count, height, width, channels] = x.shape;
  const expected = [count, height / 2, width / 2, channels];
  const isPaired = isEqual(pairs.shape, [count * (height / 2), 2, width / 2, 2 * channels]);
  const isFirst = isEqual(part.shape, [count * (height / 2), 1, width / 2, channels]);
  const { begin, strides } = part.operation;
  const isPlain = begin.every((from) => from === 0) && elementCount(strides) === 1;
  if (!isPaired || !isFirst || !isPlain || !isEqual(node.shape, expected)) return undefined;
  return makeNode({ kind: 'slice', begin: [0, 0, 0, 0], end: [-1, -1, -1, -1], strides: [1, 2, 2, 1] }, [x]);
}

function ofKind<Kind extends ExportNode['operation']['kind']>(
  node: ExportNode,
  kind: Kind,
): (ExportNode & { readonly operation: OperationOf<Kind> }) | undefined {
  return node.operation.kind === kind ? (node as ExportNode & { readonly operation: OperationOf<Kind> }) : undefined;
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
