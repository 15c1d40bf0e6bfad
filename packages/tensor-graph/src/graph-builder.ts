import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { ConfigError, nearestName, ShapeError } from '@featuremine/errors';
import { typeAttribute } from './attribute-type';
import { DataType } from './c-api';
import type { HostDataType } from './host-tensor';
import type { BucketLayout } from './gradient-buckets';
import { addPlaceholder, type GraphRecorder, type RecordedTensor } from './graph-recorder';
import { Interception } from './interception';
import { peakLiveBytes } from './live-bytes';
import { float32Scope } from './precision-scope';
import type { GraphDef } from './protobuf';
import { Recorder } from './recorder';
import { RecordingError } from './recording-error';
import { SecondRecording } from './second-recording';
import { shareGradients } from './shared-gradients';
import type { StepContext, StepDefinition } from './step-context';
import { tf } from './tensorflow';
import { UpdateBuilder, type UpdateContext, type UpdateInputs, type UpdateOptions } from './update-builder';
import { VariableNodes } from './variable-nodes';
import type { VariableSpec } from './variables';

/** Name, type and shape of what a step is fed. */
export interface InputSignature {
  readonly name: string;
  readonly dtype: HostDataType;
  readonly shape: readonly number[];
}

/** A step function as a graph: nodes `input/<name>` are fed, nodes `output/<name>` are fetched. */
export interface StepGraph {
  readonly graph: GraphDef;
  readonly outputs: readonly string[];
  /** Of the first half of a step that a job shares: what lies in its outputs `bucket/0`, `bucket/1`, … */
  readonly layout?: BucketLayout;
}

/** A step as it was recorded. */
export interface RecordedStep extends StepGraph {
  /** The most bytes that the values of a training step hold at once, in float32. */
  readonly liveBytes?: number;
}

/** What a step function is compiled with. */
export interface BuildOptions {
  readonly variables: ReadonlyMap<string, VariableSpec>;
  readonly inputs: readonly InputSignature[];
  /** Present for a training step. */
  readonly training?: UpdateOptions;
  /** Prefix of the variables that an evaluation reads, `ema/` for the averaged ones. */
  readonly readPrefix?: string;
}

/**
 * Records a step function, with its gradients and updates when it is a training step, without executing an op. In a job
 * of several processes it ends with the gradients in buckets: the first half of a step. @throws RecordingError for a
 * function that cannot be a graph, or that draws something anew each time
 */
export function buildStepGraph(definition: StepDefinition, options: BuildOptions): RecordedStep {
  const recorder = new Recorder();
  try {
    const { outputs, layout } = record(definition, options, recorder);
    const graph = recorder.graphDef();
    refuseDraws(definition.name, graph);
    const again = new SecondRecording(definition.name, recorder.nodes);
    record(definition, options, again);
    again.finish();
    return {
      ...{ graph, outputs, ...(layout && { layout }) },
      ...(options.training && { liveBytes: peakLiveBytes(recorder.nodes) }),
    };
  } finally {
    recorder.dispose();
  }
}

function record(
  definition: StepDefinition,
  options: BuildOptions,
  recorder: GraphRecorder,
): Pick<StepGraph, 'outputs' | 'layout'> {
  const interception = new Interception(recorder);
  const builder = new GraphBuilder(recorder, interception, options);
  const outputs = interception.run(() => builder.build(definition));
  const { layout } = builder;
  return { outputs, ...(layout && { layout }) };
}

// What such an op draws depends on all runs before: a resumed training would differ.
function refuseDraws(step: string, graph: GraphDef): void {
  const drawing = graph.node.find(({ attr }) => 'seed2' in attr);
  if (drawing === undefined) return;
  throw new RecordingError(
    `step ${step}: op ${drawing.op} (${drawing.name}) draws other numbers in every run, expected none that cannot be ` +
      'repeated. Draw from a seed that is an input of the step, as the op dropout of this package does.',
  );
}

class GraphBuilder implements StepContext, UpdateContext {
  readonly isTraining: boolean;
  readonly nodes: VariableNodes;
  readonly variables: ReadonlyMap<string, VariableSpec>;
  layout: BucketLayout | undefined;
  private readonly reads = new Map<string, { value: RecordedTensor; tensor: Tensor }>();
  private readonly assignments = new Map<string, RecordedTensor>();
  private readonly kept: Tensor[] = [];

  constructor(
    readonly recorder: GraphRecorder,
    readonly interception: Interception,
    private readonly options: BuildOptions,
  ) {
    this.variables = options.variables;
    this.isTraining = options.training !== undefined;
    this.nodes = new VariableNodes(recorder);
  }

  build(definition: StepDefinition): string[] {
    try {
      return this.record(definition);
    } finally {
      tf.dispose(this.kept);
    }
  }

  private record(definition: StepDefinition): string[] {
    const inputs = this.inputs();
    const { training } = this.options;
    const outputs =
      training === undefined ? this.call(definition, inputs).outputs : this.train(definition, inputs, training);
    return float32Scope(() =>
      Object.entries(outputs).map(([name, value]) => {
        this.recorder.add('Identity', [value], [], { name: `output/${name}` });
        return name;
      }),
    );
  }

  variable(name: string): Tensor {
    const known = this.reads.get(name);
    if (known !== undefined) return known.tensor;
    const spec = this.variables.get(name);
    if (spec === undefined) throw unknownVariable(name, this.variables.keys());
    const value = this.nodes.read(`${this.options.readPrefix ?? ''}${name}`, spec.shape);
    const tensor = this.keep(value);
    this.reads.set(name, { value, tensor });
    return tensor;
  }

  assign(name: string, value: Tensor): void {
    checkAssignment(name, value, this.variables, this.isTraining);
    this.assignments.set(name, this.interception.unwrap(value));
  }

  // Inputs and variables live until the end of the recording, whichever tidy scope they were made in.
  private keep(value: RecordedTensor): Tensor {
    const tensor = tf.keep(this.interception.wrap(value));
    this.kept.push(tensor);
    return tensor;
  }

  private inputs(): Record<string, Tensor> {
    const inputs: Record<string, Tensor> = {};
    for (const { name, dtype, shape } of this.options.inputs) {
      let value = addPlaceholder(this.recorder, `input/${name}`, { dtype: DataType[dtype], shape });
      if (dtype === 'uint8') value = this.recorder.add('Cast', [value], [typeAttribute('DstT', DataType.float32)])[0]!;
      inputs[name] = this.keep(value);
    }
    return inputs;
  }

  private call(
    definition: StepDefinition,
    inputs: Record<string, Tensor>,
  ): { outputs: Record<string, RecordedTensor>; loss: Tensor | undefined } {
    const results = definition.run(this, { ...inputs });
    const outputs: Record<string, RecordedTensor> = {};
    for (const [name, tensor] of Object.entries(results)) outputs[name] = this.interception.unwrap(tensor);
    return { outputs, loss: results['loss'] };
  }

  private train(
    definition: StepDefinition,
    inputs: Record<string, Tensor>,
    training: NonNullable<BuildOptions['training']>,
  ): Record<string, RecordedTensor> {
    const { processes = 1 } = training;
    const trainable = [...this.variables.values()].filter(({ isTrainable }) => isTrainable);
    const parameters = trainable.map(({ name }) => this.variable(name));
    let outputs: Record<string, RecordedTensor> = {};
    const { grads } = tf.engine().gradients(
      () => {
        const called = this.call(definition, inputs);
        outputs = called.outputs;
        const loss = scalarLoss(definition.name, called.loss);
        return processes === 1 ? loss : float32Scope(() => tf.mul(loss, 1 / processes));
      },
      parameters,
      undefined,
      true,
    ) as { grads: (Tensor | null | undefined)[] };
    const gradients = new Map<string, RecordedTensor>();
    grads.forEach((gradient, i) => {
      if (gradient) gradients.set(trainable[i].name, this.interception.unwrap(gradient));
    });
    const learningRate = inputs['learningRate'];
    if (learningRate === undefined)
      throw new RecordingError(`step ${definition.name}: the input learningRate is missing`);
    const updates: UpdateInputs = {
      loss: outputs['loss'],
      learningRate: this.interception.unwrap(learningRate),
      gradients,
      assignments: this.assignments,
      reads: this.reads,
      optimizerInput: (name) => this.interception.unwrap(inputs[`optimizer/${name}`]),
    };
    const results = float32Scope(() => {
      const { part } = training;
      if (processes === 1 || part === 'gather') return new UpdateBuilder(this, training).build(updates);
      const shared = shareGradients(this, updates, { processes, ...(part && { part }) });
      this.layout = shared.layout;
      return shared.outputs;
    });
    return { ...outputs, ...results };
  }
}

/** @throws ConfigError, RecordingError or ShapeError for an assignment that a step may not make */
export function checkAssignment(
  name: string,
  value: Tensor,
  variables: ReadonlyMap<string, VariableSpec>,
  isTraining: boolean,
): void {
  const spec = variables.get(name);
  if (spec === undefined) throw unknownVariable(name, variables.keys());
  if (!isTraining || spec.role !== 'buffer') {
    throw new RecordingError(`assign(${name}): expected a buffer in a training step`);
  }
  if (value.shape.join() !== spec.shape.join()) {
    throw new ShapeError({
      where: `assign(${name})`,
      found: `shape [${value.shape.join(', ')}]`,
      expected: `[${spec.shape.join(', ')}]`,
      fix: 'Assign a value of the variable’s shape',
    });
  }
}

/** The error for a name that is no variable of the model. */
export function unknownVariable(name: string, names: Iterable<string>): ConfigError {
  const near = nearestName(name, names);
  return new ConfigError({
    where: `variable ${name}`,
    found: 'the model has no variable of this name',
    fix: near === undefined ? 'Declare it in `variables`' : `Did you mean ${near}?`,
  });
}

/** Checks that a training step returned its loss as a scalar. */
export function scalarLoss(step: string, loss: Tensor | undefined): Tensor {
  if (loss?.rank === 0) return loss;
  throw new ShapeError({
    where: `step ${step}`,
    found: loss === undefined ? 'no output `loss`' : `loss of shape [${loss.shape.join(', ')}]`,
    expected: 'a scalar',
    fix: 'Return { loss } with the mean or sum over the batch',
  });
}
