import { DataType } from './c-api';
import { isAllOne, isNhwc, textAttribute } from './node-attributes';
import { NodeReaders } from './node-readers';
import type { OwnKernels } from './own-kernels';
import type { AttrValue, GraphDef, NodeDef } from './protobuf';
import { PLACES } from './recorder';
import { winogradPadding } from './winograd-rewrite';

/** The output channels of a tile of the kernel. */
const TILE = 32;
/** With fewer channels, or tiles less full, TensorFlow's op is faster: docs/adr/0007-own-kernels.md. */
const LEAST_CHANNELS = 16;
const LEAST_FILLED = 0.75;
/** With fewer places, Winograd's sums at its points are larger than what goes into them. */
const LEAST_PLACES = 256;

/** What takes the place of a node. */
interface Kernel {
  readonly op: string;
  readonly attributes: Readonly<Record<string, AttrValue>>;
}

/**
 * Puts own kernels in the place of the gradients of convolutions by their filters, where they are faster. Their result is
 * float32, the type that it is summed in: casts behind it go.
 */
export function filterGradientRewrite(graph: GraphDef, kernels: OwnKernels): GraphDef {
  const nodes = new Map(graph.node.map((node) => [node.name, node]));
  const readers = new NodeReaders(graph);
  const renamed = new Map<string, string>();
  const replaced = new Map<string, Kernel>();
  for (const node of graph.node) {
    const kernel = kernelFor(node, nodes.get(node.input[1]), kernels);
    if (kernel === undefined) continue;
    const casts = node.attr['T'].type === DataType.float32 ? [] : readers.of(node.name);
    if (!casts.every(isCastToFloat32)) continue;
    replaced.set(node.name, kernel);
    for (const { name } of casts) {
      renamed.set(name, node.name);
      renamed.set(`^${name}`, `^${node.name}`);
    }
  }
  const node = graph.node
    .filter(({ name }) => !renamed.has(name))
    .map((original) => {
      const input = original.input.map((name) => renamed.get(name) ?? name);
      const kernel = replaced.get(original.name);
      if (kernel === undefined) return { ...original, input };
      return { ...original, op: kernel.op, input, attr: { T: original.attr['T'], ...kernel.attributes } };
    });
  return { ...graph, node };
}

function kernelFor(node: NodeDef, shape: NodeDef | undefined, kernels: OwnKernels): Kernel | undefined {
  if (node.op !== 'Conv2DBackpropFilter' || shape?.op !== 'Const') return undefined;
  const filter = [...new Int32Array(Uint8Array.from(shape.attr['value'].tensor!.tensorContent!).buffer)];
  const hasPlaces = Number(node.attr[PLACES]?.i ?? 0) >= LEAST_PLACES;
  const padding = kernels.hasWinograd && hasPlaces ? winogradPadding(node, filter) : undefined;
  if (padding !== undefined)
    return { op: 'FeaturemineWinogradFilterGradient', attributes: { padding: { i: padding } } };
  if (!kernels.hasFilterGradient || !isFast(node, filter)) return undefined;
  const [, stride] = node.attr['strides'].list!.i!;
  return { op: 'FeaturemineConv2DFilterGradient', attributes: { stride: { i: stride } } };
}

function isFast(node: NodeDef, [, , channels, outputs]: readonly number[]): boolean {
  if (node.attr['T'].type !== DataType.bfloat16 || !isAllOne(node, 'dilations') || !isNhwc(node)) return false;
  const filled = outputs / (Math.ceil(outputs / TILE) * TILE);
  return (
    Math.min(channels, outputs) >= LEAST_CHANNELS &&
    filled >= LEAST_FILLED &&
    textAttribute(node, 'padding') !== 'EXPLICIT'
  );
}

function isCastToFloat32({ op, attr }: NodeDef): boolean {
  return op === 'Cast' && attr['DstT'].type === DataType.float32;
}
