import type { GraphDef, NodeDef } from './protobuf';

const HANDLE = /(?:^|\/)variable\/(.+)$/;
/** Ops that stand between a variable and what uses it. */
const TO_USE = new Set(
  ['ReadVariableOp', 'Identity', 'Cast', 'Reshape', 'Transpose'].concat(['Rsqrt', 'Mul', 'Sub', 'Add', 'AddV2']),
);
/** Ops that stand between a parameter's gradient and its update. */
const TO_UPDATE = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Transpose',
  'Mul',
  'Add',
  'AddV2',
  'AddN',
  'Pack',
  'Switch',
]);
/** The input that is of a node's own layer, where it is not the first. */
const OWN_INPUT: Readonly<Record<string, number>> = { ReluGrad: 1 };
const MOST_STEPS_TO_UPDATE = 8;

/**
 * The layer of each node: the name of the variable that it uses, or whose gradient or update it computes, without its
 * last part, such as `layer1.0.conv1`; for a node without one, the layer that its input comes from; `` for what comes
 * before all layers.
 *
 * The graph's nodes are in topological order, as a session gives them.
 */
export function layersOfNodes(graph: GraphDef): Map<string, string> {
  const consumers = consumersOf(graph);
  const layers = new Map<string, string>();
  const variables = new Map<string, string>();
  for (const node of graph.node) {
    const inputs = dataInputs(node);
    const used = inputs.map((name) => variables.get(name));
    const isOfVariable = TO_USE.has(node.op) && used.length > 0 && used.every((name) => name !== undefined);
    const own = node.op === 'VarHandleOp' ? HANDLE.exec(node.name)?.[1] : isOfVariable ? used[0] : undefined;
    if (own !== undefined) variables.set(node.name, own);
    const variable = own ?? used.find((name) => name !== undefined) ?? updatedBy(node, consumers);
    const source = inputs[OWN_INPUT[node.op] ?? 0];
    layers.set(node.name, variable === undefined ? (layers.get(source) ?? '') : layerOfVariable(variable));
  }
  return layers;
}

// The nearest variable into whose update a node's result goes.
function updatedBy(node: NodeDef, consumers: ReadonlyMap<string, readonly NodeDef[]>): string | undefined {
  let level = [node];
  for (let step = 0; step < MOST_STEPS_TO_UPDATE && level.length > 0; step++) {
    const next: NodeDef[] = [];
    for (const consumer of level.flatMap(({ name }) => consumers.get(name) ?? [])) {
      if (/^(Resource|Assign)/.test(consumer.op)) return HANDLE.exec(dataInputs(consumer)[0])?.[1];
      if (TO_UPDATE.has(consumer.op)) next.push(consumer);
    }
    level = next;
  }
  return undefined;
}

function consumersOf({ node: nodes }: GraphDef): Map<string, NodeDef[]> {
  const consumers = new Map<string, NodeDef[]>();
  for (const node of nodes) {
    for (const input of new Set(dataInputs(node))) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  return consumers;
}

function dataInputs({ input = [] }: Partial<NodeDef>): string[] {
  return input.filter((name) => !name.startsWith('^')).map((name) => name.split(':', 1)[0]);
}

// `layer1.0.conv1.weight` and its optimizer slot `momentum/layer1.0.conv1.weight` are of the layer `layer1.0.conv1`.
function layerOfVariable(variable: string): string {
  const name = variable.slice(variable.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name;
}
