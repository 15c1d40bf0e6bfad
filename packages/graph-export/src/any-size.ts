import type { ExportGraph, ExportNode, Operation } from './export-graph';
import { ExportError } from './export-error';
import { inputNode, withInputs } from './make-node';
import { nodesOf } from './rewrite';

/**
 * One graph for inputs of any size, from two recordings of a function at different sizes: what differs in the shape of
 * an input is left open (−1), and so is one size of a reshape. Everything else must be equal.
 *
 * @throws ExportError that names the operation which depends on the size
 */
export function anySize(first: ExportGraph, second: ExportGraph): ExportGraph {
  const [nodes, others] = [nodesOf(first), nodesOf(second)];
  if (nodes.length !== others.length) throw dependsOnSize('the network', 'other operations at another size');
  const results = new Map<ExportNode, ExportNode>();
  nodes.forEach((node, i) => results.set(node, merged(node, others[i], results)));
  const outputs = Object.entries(first.outputs).map(([name, node]) => [name, results.get(node)!] as const);
  return { inputs: first.inputs.map((node) => results.get(node)!), outputs: Object.fromEntries(outputs) };
}

function merged(node: ExportNode, other: ExportNode, results: ReadonlyMap<ExportNode, ExportNode>): ExportNode {
  const { operation } = node;
  const inputs = node.inputs.map((input) => results.get(input)!);
  if (operation.kind === 'input') return inputNode(operation.name, open(node.shape, other.shape));
  if (operation.kind === 'reshape' && other.operation.kind === 'reshape') {
    const shape = open(operation.shape, other.operation.shape);
    if (shape.filter((size) => size === -1).length > 1) {
      throw dependsOnSize('a reshape', `[${operation.shape.join(', ')}] and [${other.operation.shape.join(', ')}]`);
    }
    return withInputs({ ...node, operation: { ...operation, shape } }, inputs);
  }
  if (operation.kind === 'upsample' && other.operation.kind === 'upsample' && !isSame(operation, other.operation)) {
    const scale = commonScale(node, other);
    if (scale === undefined) throw dependsOnSize('an upsampling', 'no whole factor at both sizes');
    return withInputs({ ...node, operation: { kind: 'upsample', to: { scale } } }, inputs);
  }
  if (!isSame(operation, other.operation)) throw dependsOnSize(operation.kind, 'two sizes give two operations');
  return withInputs(node, inputs);
}

function commonScale(...nodes: readonly ExportNode[]): number | undefined {
  const scales = nodes.flatMap(({ shape, inputs: [x] }) => [shape[1] / x.shape[1], shape[2] / x.shape[2]]);
  return Number.isInteger(scales[0]) && scales.every((scale) => scale === scales[0]) ? scales[0] : undefined;
}

function open(shape: readonly number[], other: readonly number[]): number[] {
  return shape.map((size, axis) => (size === other[axis] ? size : -1));
}

function isSame(a: Operation, b: Operation): boolean {
  if (a.kind !== 'constant' || b.kind !== 'constant') return JSON.stringify(a) === JSON.stringify(b);
  const [first, second] = [a.value.data, b.value.data];
  return first.length === second.length && first.every((value, i) => value === second[i] || value !== value);
}

function dependsOnSize(where: string, found: string): ExportError {
  return new ExportError({
    where,
    found: `it depends on the size of the images (${found})`,
    fix: 'Export this network for a fixed size',
  });
}
