import { ConfigError, ShapeError } from '@featuremine/errors';
import type { AccumulatedFunction, CompiledFunction, FunctionInputs } from './compiled-function';
import { EagerModel } from './eager-model';
import { finishedGraph, hasOwnConvolutions } from './finished-graph';
import { gpuOf } from './gpu';
import type { BucketLayout } from './gradient-buckets';
import {
  buildStepGraph,
  unknownVariable,
  type BuildOptions,
  type InputSignature,
  type StepGraph,
} from './graph-builder';
import { checkHostTensor, elementCount, type HostTensor } from './host-tensor';
import { meanOutputs } from './mean-outputs';
import {
  ACCUMULATED,
  accumulatorName,
  optimizerInputs,
  slotNames,
  STEP_COUNT,
  type OptimizerConfig,
  type TrainOptions,
} from './optimizer';
import { reservePool } from './pool-memory';
import { recordFor } from './precision-scope';
import { profileOf, type Profile } from './profile';
import { Session, type RunPlan, type RunTrace } from './session';
import type { StepDefinition, StepFunction } from './step-context';
import { buildUpdateGraph } from './update-graph';
import type { UpdateOptions } from './update-builder';
import { VariableStore } from './variable-store';
import { checkTrained, checkVariables, ownFirstValues, type VariableSpec } from './variables';

/** The type of activations; variables, statistics, losses and updates are float32 in either case. */
export type Precision = 'float32' | 'bfloat16';

/** How much larger the pool of a training step is made than its values are: with less room they do not fit side by side. */
const POOL_ROOM = 2;

/** What a model is made of and how it is computed. */
export interface ModelOptions {
  readonly variables: readonly VariableSpec[];
  /** Seed of the first values; each variable's stream depends on the seed and its name only. */
  readonly seed: number;
  /** bfloat16 keeps variables, statistics, losses and updates in float32. Default float32. */
  readonly precision?: Precision;
  /** Runs every step op by op, for debugging: slow, float32 only. Default false. */
  readonly eager?: boolean;
  /** Keeps exponential moving averages of parameters and buffers, under `ema/<name>`. */
  readonly ema?: { readonly decay: number };
  /** Threads of one op; 0 (default) is all cores. */
  readonly threads?: number;
  /** Lets XLA compile clusters of ops on a GPU. Default false. */
  readonly xla?: boolean;
  /** The processes that train the same model, each on its part of every batch. Default: this one alone. */
  readonly job?: GradientExchange;
}

/** Processes that train one model together. Every one makes the same calls in the same order. */
export interface GradientExchange {
  /** Number of processes. */
  readonly size: number;
  /** Adds values up over all processes, in place; the same bits on each. */
  sum(values: Float32Array): Promise<void>;
}

interface CompiledGraph {
  readonly plan: RunPlan;
  readonly outputs: readonly string[];
  readonly layout: BucketLayout | undefined;
}

/**
 * The variables of a network and the functions that run over them, each recorded once per input shape and run as a
 * TensorFlow graph in one session.
 */
export class CompiledModel {
  readonly variableSpecs: readonly VariableSpec[];
  private readonly specs: ReadonlyMap<string, VariableSpec>;
  private readonly session: Session;
  private readonly store: VariableStore;
  private readonly eager: EagerModel | undefined;
  private stepCount = 0;
  private graphs = 0;

  /** @throws ConfigError for variables of one name, and for eager together with bfloat16 or a job */
  constructor(private readonly options: ModelOptions) {
    checkVariables(options.variables);
    checkEager(options);
    this.variableSpecs = options.variables;
    this.specs = new Map(options.variables.map((spec) => [spec.name, spec]));
    this.session = new Session({ threads: options.threads ?? 0, xla: options.xla ?? false });
    this.store = new VariableStore(this.session);
    const first = options.variables.map((spec) => ({
      name: spec.name,
      shape: spec.shape,
      initial: madeOnce(() => ownFirstValues(spec, options.seed)),
    }));
    const averages =
      options.ema === undefined ? [] : first.map((variable) => ({ ...variable, name: `ema/${variable.name}` }));
    this.store.declare([...first, ...averages]);
    this.eager = options.eager === true ? new EagerModel(this.specs, this.store, options.ema?.decay) : undefined;
  }

  /**
   * A training step. Its input `learningRate` (a number) is required; its outputs are the function's own, with `loss`,
   * and `gradientNorm` (before clipping) and `isFinite` (1, or 0 for a step that changed nothing).
   *
   * In a job of several processes the update is made with the mean of their gradients, and buffers get the mean of
   * their new values, so that all processes keep the same variables; the function's own outputs are this process's.
   */
  trainStep(name: string, fn: StepFunction, training: TrainOptions): CompiledFunction {
    checkTrained(name, this.variableSpecs);
    this.declareSlots(training);
    const run = this.compileUpdate({ name, run: fn }, this.updateOptions(training));
    return async (inputs) => {
      const outputs = await run({ ...inputs, ...this.optimizerInputs(training.optimizer) });
      if (outputs['isFinite'].data[0] === 1) this.stepCount++;
      return outputs;
    };
  }

  /**
   * A training step over several batches: one update with the mean of their gradients, in the memory of one batch. The
   * scalar outputs are means over the batches. Buffers (running statistics) are set batch by batch; if the loss of any
   * batch, or the gradient's norm, is not finite, nothing changes: buffers get back the values that they had before.
   */
  accumulatedTrainStep(name: string, fn: StepFunction, training: TrainOptions): AccumulatedFunction {
    if (this.eager !== undefined) {
      throw new ConfigError({
        where: `step ${name}`,
        found: 'accumulated gradients in eager mode',
        expected: 'a compiled model',
        fix: 'Leave one of the two out',
      });
    }
    checkTrained(name, this.variableSpecs);
    this.declareSlots(training);
    this.declareAccumulators();
    const averaged = this.updateOptions(training);
    const gather = this.compile({ name: `${name}-part`, run: fn }, { training: { ...averaged, part: 'gather' } });
    const apply = this.compileUpdate({ name, run: fn }, { ...averaged, part: 'apply' });
    const buffers = this.variableSpecs.filter(({ role }) => role === 'buffer').map((buffer) => buffer.name);
    return async (parts) => {
      const before = await this.store.read(parts.length > 1 ? buffers : []);
      const optimizer = this.optimizerInputs(training.optimizer);
      const results: Record<string, HostTensor>[] = [];
      for (const inputs of parts.slice(0, -1)) results.push(await gather(inputs));
      const earlierLoss = results.reduce((sum, { loss }) => sum + loss.data[0], 0);
      const last = await apply({
        ...parts[parts.length - 1],
        ...optimizer,
        'optimizer/earlierLoss': earlierLoss,
        'optimizer/partShare': 1 / parts.length,
      });
      if (last['isFinite'].data[0] === 1) this.stepCount++;
      else if (before.size > 0) await this.store.write(before);
      return meanOutputs(last, results);
    };
  }

  private updateOptions(training: TrainOptions): UpdateOptions {
    const { ema, job } = this.options;
    return { ...training, processes: job?.size ?? 1, ...(ema && { emaDecay: ema.decay }) };
  }

  private optimizerInputs(optimizer: OptimizerConfig): FunctionInputs {
    const inputs = optimizerInputs(optimizer, this.stepCount);
    return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`optimizer/${key}`, value]));
  }

  /** A function of the variables that changes none, with the current or the averaged weights. */
  evaluation(name: string, fn: StepFunction, options: { readonly weights?: 'current' | 'ema' } = {}): CompiledFunction {
    if (options.weights === 'ema' && this.options.ema === undefined) {
      throw new ConfigError({
        where: `function ${name}`,
        found: 'averaged weights',
        expected: 'a model with `ema`',
        fix: 'Give the model `ema: { decay }`',
      });
    }
    return this.compile({ name, run: fn }, options.weights === 'ema' ? { readPrefix: 'ema/' } : {});
  }

  /** Gives the variables their first values now, where there is time for it; without it, the first run does. */
  async initialize(): Promise<void> {
    await this.store.initialize();
  }

  /** Copies of variables, optimizer slots and averages by name; of all, with `optimizer/step`, when no names are given. */
  async readVariables(names?: readonly string[]): Promise<Map<string, Float32Array>> {
    const wanted = names ?? [...this.store.names().filter((name) => !name.startsWith(ACCUMULATED)), STEP_COUNT];
    const stored = wanted.filter((name) => name !== STEP_COUNT);
    for (const name of stored) if (!this.store.has(name)) throw unknownVariable(name, this.store.names());
    const values = await this.store.read(stored);
    if (wanted.includes(STEP_COUNT)) values.set(STEP_COUNT, Float32Array.of(this.stepCount));
    return values;
  }

  /** Sets variables by name; the others stay. @throws ConfigError or ShapeError, before anything is written */
  async writeVariables(values: ReadonlyMap<string, Float32Array>): Promise<void> {
    const stored = new Map(values);
    for (const [name, data] of stored) {
      if (name === STEP_COUNT) continue;
      if (!this.store.has(name)) throw unknownVariable(name, this.store.names());
      const shape = this.store.shapeOf(name);
      if (data.length === elementCount(shape)) continue;
      throw new ShapeError({
        where: `variable ${name}`,
        found: `${data.length} values`,
        expected: `${elementCount(shape)} for shape [${shape.join(', ')}]`,
        fix: 'Give values of the variable’s shape',
      });
    }
    const steps = stored.get(STEP_COUNT);
    stored.delete(STEP_COUNT);
    if (stored.size > 0) await this.store.write(stored);
    if (steps !== undefined) this.stepCount = steps[0]!;
  }

  /** Sets variables, with their averages, to values that training starts from. @throws as `writeVariables` */
  async startFrom(values: ReadonlyMap<string, Float32Array>): Promise<void> {
    const averages = [...values].map(([name, data]) => [`ema/${name}`, data] as const);
    await this.writeVariables(new Map([...values, ...(this.options.ema === undefined ? [] : averages)]));
  }

  /** The values of variables that are to be used, by the variables' names: averages where these are kept. */
  async readWeights(names: readonly string[]): Promise<Map<string, Float32Array>> {
    const prefix = this.options.ema === undefined ? '' : 'ema/';
    const values = await this.readVariables(names.map((name) => prefix + name));
    return new Map(names.map((name) => [name, values.get(prefix + name)!]));
  }

  /** Optimizer steps made so far, those of the run that is gone on with included. */
  get steps(): number {
    return this.stepCount;
  }

  /** What computes, where that is a GPU, such as `GPU (NVIDIA H200)`; undefined where it is the processor. */
  gpu(): string | undefined {
    return gpuOf(this.session.deviceTypes());
  }

  /** Traces the runs that follow, which makes them slower; the function that it returns ends that and tells where the time went. */
  startProfile(): () => Profile {
    const traces: RunTrace[] = [];
    this.session.tracer = (trace) => traces.push(trace);
    return () => {
      this.session.tracer = undefined;
      return profileOf(traces, this.session.graphDef());
    };
  }

  /** Waits for the run under way, then frees session and variables. */
  async dispose(): Promise<void> {
    await this.session.dispose();
  }

  private declareSlots({ optimizer }: TrainOptions): void {
    this.declareZeros((name) => slotNames(optimizer, name));
  }

  private declareAccumulators(): void {
    this.declareZeros((name) => [accumulatorName(name)]);
  }

  // Variables of the shape of each trained one, unless they are there.
  private declareZeros(namesFor: (parameter: string) => string[]): void {
    const slots = this.variableSpecs
      .filter(({ isTrainable }) => isTrainable)
      .flatMap(({ name, shape }) => namesFor(name).map((slot) => ({ name: slot, shape })))
      .filter(({ name }) => !this.store.has(name));
    this.store.declare(slots);
  }

  private compile(
    definition: StepDefinition,
    options: Pick<BuildOptions, 'training' | 'readPrefix'>,
  ): CompiledFunction {
    if (this.eager !== undefined) return this.eager.function(definition, options);
    return this.runner(definition.name, (inputs) =>
      this.record(definition, { ...options, inputs, variables: this.specs }),
    );
  }

  // A training step as one graph; in a job as two, between which the gradients are summed over its processes.
  private compileUpdate(definition: StepDefinition, training: UpdateOptions): CompiledFunction {
    const { job } = this.options;
    if (job === undefined || job.size === 1) return this.compile(definition, { training });
    let update: CompiledFunction | undefined;
    const gradients = this.runner(definition.name, (inputs) => {
      const step = this.record(definition, { inputs, variables: this.specs, training });
      const common = { variables: this.specs, training, layout: step.layout! };
      update ??= this.runner(`${definition.name}-update`, (fed) => buildUpdateGraph({ ...common, inputs: fed }));
      return step;
    });
    return async (inputs) => {
      const outputs = await gradients(inputs);
      const names = Object.keys(outputs).filter(isBucket);
      const fed = Object.entries(inputs).filter(([name]) => name === 'learningRate' || name.startsWith('optimizer/'));
      const shared = Object.fromEntries(fed);
      const buckets = names.map((name) => outputs[name]);
      try {
        for (const { data } of buckets) await job.sum(data as Float32Array);
        names.forEach((name, i) => {
          shared[name] = buckets[i];
          delete outputs[name];
        });
        return { ...outputs, ...(await update!(shared)) };
      } finally {
        this.session.release(buckets);
      }
    };
  }

  // Makes a graph for each new signature of the inputs, and runs it.
  private runner(name: string, record: (inputs: readonly InputSignature[]) => StepGraph): CompiledFunction {
    const graphs = new Map<string, CompiledGraph>();
    return async (inputs) => {
      const names = Object.keys(inputs).sort();
      const tensors = names.map((name) => hostTensor(inputs[name]));
      const signature = names.map((name, i): InputSignature => ({
        name,
        dtype: tensors[i].dtype,
        shape: tensors[i].shape,
      }));
      const key = JSON.stringify(signature);
      let compiled = graphs.get(key);
      if (compiled === undefined) {
        tensors.forEach((tensor, i) => checkHostTensor(names[i], tensor));
        const step = record(signature);
        // First values are written before the graph grows: TensorFlow looks at all of it in each first run of a plan.
        await this.store.initialize();
        compiled = graphs.get(key) ?? this.import(name, signature, step);
        graphs.set(key, compiled);
      }
      await this.store.initialize();
      const results = await this.session.run(compiled.plan, tensors);
      return Object.fromEntries(compiled.outputs.map((name, i) => [name, results[i]]));
    };
  }

  private record(definition: StepDefinition, options: BuildOptions): StepGraph {
    const { precision = 'float32' } = this.options;
    const isOnGpu = this.session.deviceTypes().includes('GPU');
    const { liveBytes, ...recorded } = recordFor({ precision, isOnGpu }, () => buildStepGraph(definition, options));
    // The values of an evaluation are freed at once: it has none.
    if (liveBytes !== undefined && !isOnGpu) {
      reservePool(POOL_ROOM * (precision === 'bfloat16' ? liveBytes / 2 : liveBytes));
    }
    return { ...recorded, graph: finishedGraph(recorded.graph, precision, this.options.threads ?? 0) };
  }

  private import(name: string, inputs: readonly InputSignature[], { graph, ...step }: StepGraph): CompiledGraph {
    const prefix = `${name.replace(/[^A-Za-z0-9_]/g, '_')}_${this.graphs++}`;
    this.session.import(graph, prefix);
    const plan = {
      feeds: inputs.map((input) => `${prefix}/input/${input.name}`),
      fetches: step.outputs.map((output) => `${prefix}/output/${output}`),
      targets: [],
      // The kernels' threads and TensorFlow's own would share the cores.
      isOpByOp: hasOwnConvolutions(graph),
      isKept: (fetch: string) => isBucket(fetch.slice(`${prefix}/output/`.length)),
    };
    return { plan, outputs: step.outputs, layout: step.layout };
  }
}

/** The outputs of the first half of a shared step that a job sums. */
function isBucket(name: string): boolean {
  return name.startsWith('bucket/');
}

// A variable and its average begin with the same values.
function madeOnce<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function hostTensor(value: HostTensor | number): HostTensor {
  return typeof value === 'number' ? { dtype: 'float32', shape: [], data: Float32Array.of(value) } : value;
}

function checkEager({ eager, precision, job }: ModelOptions): void {
  if (eager !== true) return;
  const common = { fix: 'Leave one of the two out' };
  if (precision === 'bfloat16') {
    throw new ConfigError({ where: 'precision', found: 'bfloat16 in eager mode', expected: 'float32', ...common });
  }
  if (job !== undefined && job.size > 1) {
    const found = `${job.size} processes in eager mode`;
    throw new ConfigError({ where: 'job', found, expected: 'one process', ...common });
  }
}
