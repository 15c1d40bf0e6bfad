import type { ExportGraph, ExportNode } from './export-graph';
import { withInputs } from './make-node';

/** Gives a node's replacement, whose inputs are rewritten already, or undefined to keep it. */
export type Rewriter = (node: ExportNode, users: (input: ExportNode) => number) => ExportNode | undefined;

/**
 * Rebuilds a graph bottom up. A rewriter sees each node once, on its new inputs; `users` says how many users a node of
 * the old graph has that stand behind one of these inputs.
 */
export function rewrite(graph: ExportGraph, rewriter: Rewriter): ExportGraph {
  const counts = userCounts(graph);
  const originals = new Map<ExportNode, ExportNode>();
  const done = new Map<ExportNode, ExportNode>();
  const visit = (node: ExportNode): ExportNode => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map(visit);
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    const moved = isSame ? node : withInputs(node, inputs);
    const result = rewriter(moved, (input) => counts.get(originals.get(input) ?? input) ?? 0) ?? moved;
    done.set(node, result);
    if (!originals.has(result)) originals.set(result, node);
    return result;
  };
  for (const node of nodesOf(graph)) visit(node);
  return { inputs: graph.inputs.map(visit), outputs: mapOutputs(graph, visit) };
}

/** All nodes that the outputs need, each behind its inputs; inputs of the graph first. */
export function nodesOf({ inputs, outputs }: ExportGraph): ExportNode[] {
  const found = new Set<ExportNode>(inputs);
  // An own stack: networks are deep.
  const pending = Object.values(outputs).reverse();
  for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
    const missing = node.inputs.filter((input) => !found.has(input));
    if (missing.length === 0) found.add(pending.pop()!);
    else pending.push(...missing.reverse());
  }
  return [...found];
}

/** The outputs with every node replaced. */
function mapOutputs(graph: ExportGraph, replace: (node: ExportNode) => ExportNode): Record<string, ExportNode> {
  return Object.fromEntries(Object.entries(graph.outputs).map(([name, node]) => [name, replace(node)]));
}

function userCounts(graph: ExportGraph): Map<ExportNode, number> {
  const counts = new Map<ExportNode, number>();
  const add = (node: ExportNode): void => void counts.set(node, (counts.get(node) ?? 0) + 1);
  for (const node of nodesOf(graph)) node.inputs.forEach(add);
  Object.values(graph.outputs).forEach(add);
  return counts;
}
