import { constantNode } from './constant-node';
import { buildStepGraph, type InputSignature } from './graph-builder';
import type { HostTensor } from './host-tensor';
import type { AttrValue, GraphDef, NodeDef } from './protobuf';
import { Session } from './session';
import type { StepFunction } from './step-context';
import type { VariableSpec } from './variables';

/** What a function is frozen with. */
export interface FrozenGraphOptions {
  readonly variables: readonly VariableSpec[];
  /** The value of each variable that the function reads. */
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly inputs: readonly InputSignature[];
}

/**
 * Records a function as an inference graph without variables: their values are constants, and all that follows from
 * constants alone is computed (by TensorFlow), such as the filter of a convolution with its batch norm in it.
 *
 * Inputs are the nodes `input/<name>`, outputs `output/<name>`; nothing is left that no output needs.
 *
 * @throws ConfigError for an unknown variable; RecordingError as for a compiled function
 */
export async function frozenGraph(fn: StepFunction, options: FrozenGraphOptions): Promise<GraphDef> {
  const variables = new Map(options.variables.map((spec) => [spec.name, spec]));
  const { graph, outputs } = buildStepGraph({ name: 'export', run: fn }, { variables, inputs: options.inputs });
  const nodes = withoutVariables(graph.node, options.values);
  const folded = await foldConstants(nodes);
  return { ...graph, node: reachable(folded, [...options.inputs.map(({ name }) => `input/${name}`), ...outputs.map((name) => `output/${name}`)]) }; // prettier-ignore
}

function withoutVariables(nodes: readonly NodeDef[], values: ReadonlyMap<string, Float32Array>): NodeDef[] {
  const handles = new Map(nodes.filter(({ op }) => op === 'VarHandleOp').map((node) => [node.name, node]));
  return nodes.flatMap((node) => {
    if (node.op === 'VarHandleOp') return [];
    if (node.op !== 'ReadVariableOp') return [node];
    const { attr } = handles.get(node.input[0])!;
    const name = Buffer.from(attr['shared_name'].s!).toString();
    const data = values.get(name);
    if (data === undefined) throw new Error(`variable ${name} has no value to freeze`);
    return [constantNode(node.name, { dtype: 'float32', shape: shapeOf(attr['shape']), data })];
  });
}

function shapeOf({ shape }: AttrValue): number[] {
  return (shape?.dim ?? []).map(({ size = 0 }) => size);
}

// Everything that depends on no placeholder is run once; what the rest of the graph takes of it becomes a constant.
async function foldConstants(nodes: readonly NodeDef[]): Promise<NodeDef[]> {
  const constant = new Set<string>();
  for (const { name, op, input } of nodes) {
    if (op === 'Const' || (input.length > 0 && input.every((each) => constant.has(sourceOf(each))))) constant.add(name);
  }
  const isComputed = new Set(
    nodes.filter(({ name, op }) => constant.has(name) && op !== 'Const').map(({ name }) => name),
  );
  const fetches = [
    ...new Set(
      nodes
        .filter(({ name }) => !constant.has(name) || name.startsWith('output/'))
        .flatMap(({ name, input }) => (constant.has(name) ? [name] : input))
        .filter((each) => isComputed.has(sourceOf(each))),
    ),
  ];
  const results = await evaluate(
    nodes.filter(({ name }) => constant.has(name)),
    fetches,
  );
  const names = new Map(fetches.map((fetch) => [fetch, fetch.replace(':', '/')]));
  const computed = fetches.map((fetch, i) => constantNode(names.get(fetch)!, results[i]));
  const rest = nodes
    .filter(({ name }) => !isComputed.has(name))
    .map((node) => ({ ...node, input: node.input.map((each) => names.get(each) ?? each) }));
  return [...computed, ...rest];
}

async function evaluate(nodes: readonly NodeDef[], fetches: readonly string[]): Promise<HostTensor[]> {
  if (fetches.length === 0) return [];
  const session = new Session({ threads: 0 });
  try {
    session.import({ node: [...nodes] }, 'constants');
    return await session.run({ feeds: [], fetches: fetches.map((name) => `constants/${name}`), targets: [] }, []);
  } finally {
    await session.dispose();
  }
}

function reachable(nodes: readonly NodeDef[], roots: readonly string[]): NodeDef[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const found = new Set<string>();
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    pending.push(...byName.get(name)!.input.map(sourceOf));
  }
  return nodes.filter(({ name }) => found.has(name));
}

/** The node that an input names: without its output's number, and without the mark of a control edge. */
function sourceOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '');
}
