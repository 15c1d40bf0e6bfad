import { DataType } from './c-api';
import { isAllOne, isNhwc, textAttribute } from './node-attributes';
import { NodeReaders } from './node-readers';
import type { GraphDef, NodeDef } from './protobuf';
import { FILTER_SHAPE } from './recorder';

/** With fewer channels on a side, TensorFlow's ops are as fast: docs/adr/0008-winograd-convolutions.md. */
const LEAST_CHANNELS = 16;

const PADDING: Readonly<Record<string, number>> = { SAME: 1, VALID: 0 };

const OP = 'FeaturemineWinograd';

/**
 * Puts own kernels in the place of convolutions with 3x3 filters and a stride of 1, and of their gradients by the input.
 * They need a quarter of the products, and sum in float32 whatever the type of the tensors is. A bias behind a convolution,
 * and a ReLU behind that, become part of it where nothing else reads what lies between.
 */
export function winogradRewrite(graph: GraphDef): GraphDef {
  return withEndings({ ...graph, node: graph.node.map((node) => rewritten(node)) });
}

function rewritten(node: NodeDef): NodeDef {
  const { op, input, attr } = node;
  const filter = attr[FILTER_SHAPE]?.shape?.dim.map(({ size }) => Number(size));
  const padding = filter === undefined ? undefined : winogradPadding(node, filter);
  if (padding === undefined) return node;
  const kernel = { T: attr['T'], padding: { i: padding } };
  if (op === 'Conv2D') return { ...node, op: OP, attr: kernel };
  const [, weights, dy, ...controls] = input;
  return { ...node, op: `${OP}InputGradient`, input: [dy, weights, ...controls], attr: kernel };
}

function withEndings(graph: GraphDef): GraphDef {
  const readers = new NodeReaders(graph);
  // Waits for nothing, and nothing waits for it.
  const isFree = ({ name, input }: NodeDef): boolean =>
    !input.some((from) => from.startsWith('^')) && readers.of(`^${name}`).length === 0;
  const replacements = new Map<string, NodeDef>();
  const removed = new Set<string>();
  for (const convolution of graph.node) {
    const bias = convolution.op === OP ? readers.only(convolution) : undefined;
    if (bias?.op !== 'BiasAdd' || !isNhwc(bias)) continue;
    const next = readers.only(bias);
    const hasRelu = next?.op === 'Relu';
    const parts = hasRelu ? [convolution, bias, next] : [convolution, bias];
    if (!parts.every(isFree)) continue;
    const { name } = parts.pop()!;
    const [x, filter] = convolution.input;
    const op = hasRelu ? `${OP}BiasRelu` : `${OP}Bias`;
    replacements.set(name, { ...convolution, name, op, input: [x, filter, bias.input[1]] });
    for (const part of parts) removed.add(part.name);
  }
  const kept = graph.node.filter(({ name }) => !removed.has(name));
  return { ...graph, node: kept.map((node) => replacements.get(node.name) ?? node) };
}

/**
 * Zeros on each side of the input of a convolution with a filter [kh, kw, C, O], given it or a gradient of it; undefined
 * where it is not one that the own kernels are made for.
 */
export function winogradPadding(
  node: NodeDef,
  [height, width, channels, outputs]: readonly number[],
): number | undefined {
  const { attr } = node;
  const isPlain = isAllOne(node, 'strides') && isAllOne(node, 'dilations') && isNhwc(node);
  const isFloat = attr['T'].type === DataType.float32 || attr['T'].type === DataType.bfloat16;
  const isFitting = height === 3 && width === 3 && isPlain && isFloat && Math.min(channels, outputs) >= LEAST_CHANNELS;
  return isFitting ? PADDING[textAttribute(node, 'padding')] : undefined;
}
