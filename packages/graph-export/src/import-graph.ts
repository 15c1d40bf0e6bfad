import type { GraphDef, HostTensor, NodeDef } from '@featuremine/tensor-graph';
import type { ExportGraph, ExportNode } from './export-graph';
import { constantNode, inputNode } from './make-node';
import { IMPORTERS, type ImportContext } from './import-ops';
import { tensorOf } from './constant-tensor';
import { ExportError } from './export-error';

/**
 * Reads a frozen graph (`frozenGraph`) as an export graph.
 *
 * @throws ExportError for an op that no format has a place for, by its name
 */
export function importGraph(graph: GraphDef): ExportGraph {
  const values = new Map<string, ExportNode>();
  const inputs: ExportNode[] = [];
  const outputs: Record<string, ExportNode> = {};
  for (const node of graph.node) {
    const value = importNode(node, values);
    values.set(node.name, value);
    if (node.op === 'Placeholder') inputs.push(value);
    if (node.name.startsWith('output/')) outputs[node.name.slice('output/'.length)] = value;
  }
  return { inputs, outputs };
}

function importNode(node: NodeDef, values: ReadonlyMap<string, ExportNode>): ExportNode {
  if (node.op === 'Const') return constantNode(tensorOf(node.attr['value'].tensor!));
  if (node.op === 'Placeholder') {
    const shape = node.attr['shape'].shape?.dim ?? [];
    return inputNode(node.name.replace(/^input\//, ''), shape.map(({ size = 0 }) => size)); // prettier-ignore
  }
  const importer = Object.hasOwn(IMPORTERS, node.op) ? IMPORTERS[node.op] : undefined;
  if (importer === undefined) {
    throw new ExportError({
      where: `op ${node.op} (${node.name})`,
      found: 'an op that exports do not know',
      expected: `one of ${Object.keys(IMPORTERS).join(', ')}`,
      fix: 'Write the network’s evaluation with these ops',
    });
  }
  return importer(contextOf(node, values));
}

function contextOf(node: NodeDef, values: ReadonlyMap<string, ExportNode>): ImportContext {
  const inputs = node.input.map((name) => values.get(name.replace(/:0$/, ''))!);
  return {
    inputs,
    attribute: (name) => node.attr[name] ?? {},
    integers: (index) => Array.from(constantOf(inputs[index], node).data),
  };
}

function constantOf({ operation }: ExportNode, user: NodeDef): HostTensor {
  if (operation.kind === 'constant') return operation.value;
  throw new ExportError({
    where: `op ${user.op} (${user.name})`,
    found: 'a shape, size or axis that is computed from the images',
    expected: 'a constant',
    fix: 'Write the network’s evaluation with sizes that are known when it is recorded',
  });
}
