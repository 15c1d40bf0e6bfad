import { DataType } from './c-api';
import { constantNode } from './constant-node';
import { drawAll, type Draw } from './first-values';
import type { HostTensor } from './host-tensor';
import type { NodeDef } from './protobuf';
import type { RunPlan, Session } from './session';

interface StoredVariable {
  readonly shape: readonly number[];
  readonly node: string;
  /** The input from which zeros are made. */
  readonly zero: string;
}

/** Variables that give the same Draw begin with the same values. */
type FirstValues = () => Float32Array | Draw;

/** A float32 variable before its first run. */
export interface NewVariable {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its first values, or what they are drawn from; 0 everywhere without it. */
  readonly initial?: FirstValues;
}

const ZERO = 'zero';
const SCALAR_ZERO: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(0) };

/** The variables of a session: made with first values, read and written in one run each. */
export class VariableStore {
  private readonly variables = new Map<string, StoredVariable>();
  private readonly pending = new Map<string, FirstValues | undefined>();
  private readonly plans = new Map<string, RunPlan>();
  private ready: Promise<void> = Promise.resolve();
  private groups = 0;

  constructor(private readonly session: Session) {}

  has(name: string): boolean {
    return this.variables.has(name);
  }

  names(): string[] {
    return [...this.variables.keys()];
  }

  shapeOf(name: string): readonly number[] {
    return this.variables.get(name)!.shape;
  }

  /** Declares float32 variables; first values are made before the next run, unless one is written until then. */
  declare(variables: readonly NewVariable[]): void {
    if (variables.length === 0) return;
    const prefix = `variables_${this.groups++}`;
    const nodes = variables.flatMap((variable, i) => variableNodes(`v${i}`, variable));
    this.session.import({ node: [scalarNode(ZERO), ...nodes] }, prefix);
    variables.forEach(({ name, shape, initial }, i) => {
      this.variables.set(name, { shape, node: `${prefix}/v${i}`, zero: `${prefix}/${ZERO}` });
      this.pending.set(name, initial);
    });
  }

  /** Writes the first values of all variables that have none yet; once, whoever waits for it. */
  initialize(): Promise<void> {
    if (this.pending.size > 0) {
      this.ready = Promise.all([this.ready, this.writeFirstValues()]).then(() => undefined);
    }
    return this.ready;
  }

  private async writeFirstValues(): Promise<void> {
    const values = new Map<string, Float32Array>();
    const zeros: string[] = [];
    const draws = new Map<Draw, string[]>();
    for (const [name, initial] of this.pending) {
      const first = initial?.();
      if (first === undefined) zeros.push(name);
      else if ('stream' in first) draws.set(first, [...(draws.get(first) ?? []), name]);
      else values.set(name, first);
    }
    this.pending.clear();
    const drawn = await drawAll([...draws.keys()]);
    [...draws.values()].forEach((names, i) => names.forEach((name) => values.set(name, drawn[i])));
    await this.assign(values, zeros);
  }

  /** Copies of the values of these variables. */
  async read(names: readonly string[]): Promise<Map<string, Float32Array>> {
    if (names.length === 0) return new Map();
    await this.initialize();
    const plan = this.plan('read', names, () => ({
      feeds: [],
      fetches: names.map((name) => `${this.variables.get(name)!.node}/read`),
      targets: [],
    }));
    const values = await this.session.run(plan, []);
    return new Map(names.map((name, i) => [name, values[i].data as Float32Array]));
  }

  /** Sets these variables. */
  async write(values: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const name of values.keys()) this.pending.delete(name);
    await this.initialize();
    await this.assign(values);
  }

  private async assign(values: ReadonlyMap<string, Float32Array>, zeros: readonly string[] = []): Promise<void> {
    const names = [...values.keys()];
    if (names.length + zeros.length === 0) return;
    const node = (name: string): string => this.variables.get(name)!.node;
    const kind = zeros.length === 0 ? 'write' : 'initialize';
    const zeroInputs = [...new Set(zeros.map((name) => this.variables.get(name)!.zero))];
    const plan = this.plan(kind, [...names, ...zeros], () => ({
      feeds: [...names.map((name) => `${node(name)}/value`), ...zeroInputs],
      fetches: [],
      targets: [...names.map((name) => `${node(name)}/assign`), ...zeros.map((name) => `${node(name)}/clear`)],
    }));
    const tensors = names.map((name): HostTensor => ({
      dtype: 'float32',
      shape: this.shapeOf(name),
      data: values.get(name)!,
    }));
    await this.session.run(plan, [...tensors, ...zeroInputs.map(() => SCALAR_ZERO)]);
  }

  private plan(kind: 'read' | 'write' | 'initialize', names: readonly string[], make: () => RunPlan): RunPlan {
    const key = `${kind}:${names.join('\n')}`;
    let plan = this.plans.get(key);
    if (plan === undefined) {
      plan = make();
      this.plans.set(key, plan);
    }
    return plan;
  }
}

function scalarNode(name: string): NodeDef {
  const attr = { dtype: { type: DataType.float32 }, shape: { shape: { dim: [] } } };
  return { name, op: 'Placeholder', input: [], attr };
}

function variableNodes(node: string, { name, shape, initial }: NewVariable): NodeDef[] {
  const dtype = { type: DataType.float32 };
  const tensorShape = { shape: { dim: shape.map((size) => ({ size })) } };
  const handle = { shared_name: { s: Buffer.from(name) }, container: { s: Buffer.from('') } };
  const nodes = [
    { name: `${node}/handle`, op: 'VarHandleOp', input: [], attr: { dtype, shape: tensorShape, ...handle } },
    { name: `${node}/value`, op: 'Placeholder', input: [], attr: { dtype, shape: tensorShape } },
    { name: `${node}/assign`, op: 'AssignVariableOp', input: [`${node}/handle`, `${node}/value`], attr: { dtype } },
    { name: `${node}/read`, op: 'ReadVariableOp', input: [`${node}/handle`], attr: { dtype } },
  ];
  return initial === undefined ? [...nodes, ...clearingNodes(node, shape)] : nodes;
}

// Zeros are made by TensorFlow: those of an optimizer are as large as the network. The zero is an input, since TensorFlow
// would compute them from a constant one before the run, and copy them.
function clearingNodes(node: string, shape: readonly number[]): NodeDef[] {
  const [dims, zeros] = ['dims', 'zeros'].map((name) => `${node}/${name}`);
  const dtype = { type: DataType.float32 };
  return [
    constantNode(dims, { dtype: 'int32', shape: [shape.length], data: Int32Array.from(shape) }),
    { name: zeros, op: 'Fill', input: [dims, ZERO], attr: { T: dtype, index_type: { type: DataType.int32 } } },
    { name: `${node}/clear`, op: 'AssignVariableOp', input: [`${node}/handle`, zeros], attr: { dtype } },
  ];
}
