import { DataType } from './c-api';
import { isNhwc, textAttribute } from './node-attributes';
import type { GraphDef, NodeDef } from './protobuf';

const OP = 'FeaturemineConv2DFilterGradient';
/** The output channels of a tile of the kernel. */
const TILE = 32;
/** With fewer channels, or tiles less full, TensorFlow's op is faster: docs/adr/0007-own-kernels.md. */
const LEAST_CHANNELS = 16;
const LEAST_FILLED = 0.75;

/**
 * Puts the own kernel in the place of the gradients of convolutions by their filters that compute in bfloat16, where it is
 * faster. Its result is float32, the type that it is summed in: the cast behind it goes.
 */
export function filterGradientRewrite(graph: GraphDef): GraphDef {
  const nodes = new Map(graph.node.map((node) => [node.name, node]));
  const readers = new Map<string, NodeDef[]>();
  for (const node of graph.node) {
    for (const input of node.input) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const renamed = new Map<string, string>();
  const replaced = new Set<string>();
  for (const node of graph.node) {
    if (!isFast(node, nodes.get(node.input[1]))) continue;
    const casts = readers.get(node.name) ?? [];
    if (!casts.every(isCastToFloat32)) continue;
    replaced.add(node.name);
    for (const { name } of casts) {
      renamed.set(name, node.name);
      renamed.set(`^${name}`, `^${node.name}`);
    }
  }
  const node = graph.node
    .filter(({ name }) => !renamed.has(name))
    .map((original) => {
      const input = original.input.map((name) => renamed.get(name) ?? name);
      return replaced.has(original.name) ? { ...withKernel(original), input } : { ...original, input };
    });
  return { ...graph, node };
}

/** Whether the kernel is in the graph. */
export function hasFilterGradient(graph: GraphDef): boolean {
  return graph.node.some(({ op }) => op === OP);
}

function isFast(node: NodeDef, shape: NodeDef | undefined): boolean {
  const { op, attr } = node;
  if (op !== 'Conv2DBackpropFilter' || attr['T'].type !== DataType.bfloat16 || shape?.op !== 'Const') return false;
  const isPlain = attr['dilations']?.list?.i?.every((dilation) => Number(dilation) === 1) ?? true;
  if (!isPlain || !isNhwc(node) || textAttribute(node, 'padding') === 'EXPLICIT') return false;
  const [, , channels, outputs] = new Int32Array(Uint8Array.from(shape.attr['value'].tensor!.tensorContent!).buffer);
  const filled = outputs / (Math.ceil(outputs / TILE) * TILE);
  return Math.min(channels, outputs) >= LEAST_CHANNELS && filled >= LEAST_FILLED;
}

function isCastToFloat32({ op, attr }: NodeDef): boolean {
  return op === 'Cast' && attr['DstT'].type === DataType.float32;
}

function withKernel(node: NodeDef): NodeDef {
  const [, stride] = node.attr['strides'].list!.i!;
  return { ...node, op: OP, attr: { T: node.attr['T'], stride: { i: stride } } };
}
