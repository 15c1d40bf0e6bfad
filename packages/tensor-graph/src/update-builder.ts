import { Accumulators, type RecordedVariables } from './accumulators';
import { AttrType, typeAttribute } from './attribute-type';
import { DataType } from './c-api';
import type { Interception } from './interception';
import { slotNames, type TrainOptions } from './optimizer';
import type { GraphRecorder, RecordedTensor } from './graph-recorder';
import { tf } from './tensorflow';
import type { VariableSpec } from './variables';

/** What the forward and backward passes leave for the updates. */
export interface UpdateInputs {
  readonly loss: RecordedTensor;
  readonly learningRate: RecordedTensor;
  readonly gradients: ReadonlyMap<string, RecordedTensor>;
  readonly assignments: ReadonlyMap<string, RecordedTensor>;
  readonly reads: ReadonlyMap<string, { readonly value: RecordedTensor }>;
  readonly optimizerInput: (name: string) => RecordedTensor;
}

interface UpdateScope {
  readonly learningRate: RecordedTensor;
  /** Lets a value through when the step is finite. */
  readonly gate: (value: RecordedTensor) => RecordedTensor;
  readonly reads: readonly RecordedTensor[];
  readonly inputs: UpdateInputs;
}

/** The recording that the updates are added to. */
export interface UpdateContext extends RecordedVariables {
  readonly interception: Interception;
}

/**
 * A step in parts: `gather` adds its gradients to those of the parts before, and sets the buffers; `apply` takes all
 * gradients and updates.
 */
export type StepPart = 'gather' | 'apply';

/** What the updates are made with. */
export interface UpdateOptions extends TrainOptions {
  readonly emaDecay?: number;
  readonly part?: StepPart;
  /** Number of the processes of a job, of whose gradients the mean is taken; 1 if absent. */
  readonly processes?: number;
}

/**
 * Records the end of a training step: gradient norm, clipping, optimizer, running statistics, EMA.
 *
 * All of it hangs on one condition, a finite loss and gradient norm: the learning rate and the assigned values pass
 * through a Switch, and the executor skips every op behind its dead side, so that a step that is not finite leaves all
 * variables as they were. Every update waits for all reads of the step; averages wait for their variable's update.
 */
export class UpdateBuilder {
  private readonly recorder: GraphRecorder;
  private readonly scalars = new Map<number, RecordedTensor>();
  private gatedDecay: RecordedTensor | undefined;

  constructor(
    private readonly context: UpdateContext,
    private readonly options: UpdateOptions,
  ) {
    this.recorder = context.recorder;
  }

  /** Returns the outputs `gradientNorm` and `isFinite` (1 or 0); fetching the latter runs the updates. */
  build(inputs: UpdateInputs): Record<string, RecordedTensor> {
    const { part } = this.options;
    if (part === 'gather') return this.gather(inputs);
    if (part === undefined) return this.update(inputs, []);
    const taken = new Accumulators(this.context).take(inputs.gradients, inputs.optimizerInput('partShare'));
    const loss = this.binary('AddV2', inputs.loss, inputs.optimizerInput('earlierLoss'));
    return this.update({ ...inputs, gradients: taken.gradients, loss }, taken.emptied);
  }

  /** As `build`, from means over all parts and processes. */
  apply(inputs: UpdateInputs): Record<string, RecordedTensor> {
    return this.update(inputs, []);
  }

  // `always` runs with the step, also when it is not finite.
  private update(inputs: UpdateInputs, always: readonly RecordedTensor[]): Record<string, RecordedTensor> {
    const { recorder } = this;
    const gradientNorm = this.gradientNorm([...inputs.gradients.values()]);
    const isFinite = this.bothFinite(inputs.loss, gradientNorm);
    const gate = (value: RecordedTensor): RecordedTensor => recorder.add('Switch', [value, isFinite], [])[1];
    const reads = this.afterReads(inputs);
    const learningRate = gate(inputs.learningRate);
    const clipFactor = this.clipFactor(gradientNorm);

    const updates: RecordedTensor[] = [];
    for (const [name, gradient] of inputs.gradients) {
      const clipped = clipFactor === undefined ? gradient : this.binary('Mul', gradient, clipFactor);
      const update = this.optimize(this.variable(name), clipped, { learningRate, gate, reads, inputs });
      updates.push(update, ...this.average(name, update));
    }
    for (const [name, value] of inputs.assignments) {
      const update = this.assign(name, gate(value), reads);
      updates.push(update, ...this.average(name, update));
    }
    return { gradientNorm, isFinite: this.whenDone(isFinite, updates, always) };
  }

  // Nothing is gated here: when the step is refused, its model puts the buffers back.
  private gather(inputs: UpdateInputs): Record<string, RecordedTensor> {
    const { recorder } = this;
    const reads = this.afterReads(inputs);
    const added = new Accumulators(this.context).add(inputs.gradients);
    const assigned = [...inputs.assignments].map(([name, value]) => this.assign(name, value, reads));
    const isFinite = this.toFloat(recorder.add('IsFinite', [inputs.loss], [])[0]);
    return { isFinite: recorder.add('Identity', [isFinite], [], { controls: [...added, ...assigned] })[0] };
  }

  private assign(name: string, value: RecordedTensor, controls: readonly RecordedTensor[]): RecordedTensor {
    return this.recorder.add('AssignVariableOp', [this.handle(name), value], [], { controls })[0];
  }

  private afterReads({ reads }: UpdateInputs): RecordedTensor[] {
    return this.recorder.add('NoOp', [], [], { controls: [...reads.values()].map(({ value }) => value) });
  }

  // 1 behind the updates of a finite step, else 0; both behind `always`.
  private whenDone(
    isFinite: RecordedTensor,
    updates: readonly RecordedTensor[],
    always: readonly RecordedTensor[],
  ): RecordedTensor {
    const { recorder } = this;
    const switched = recorder.add('Switch', [this.toFloat(isFinite), isFinite], [], { controls: always });
    const done = recorder.add('Identity', [switched[1]], [], { controls: updates })[0];
    return recorder.add('Merge', [switched[0], done], [])[0];
  }

  private optimize(
    spec: VariableSpec,
    gradient: RecordedTensor,
    { learningRate, gate, reads, inputs }: UpdateScope,
  ): RecordedTensor {
    const { recorder } = this;
    const { optimizer } = this.options;
    const { value } = inputs.reads.get(spec.name)!;
    const handle = this.handle(spec.name);
    const slots = slotNames(optimizer, spec.name).map((slot) => this.context.nodes.handle(slot, spec.shape));
    const decay = spec.hasDecay ? optimizer.weightDecay : 0;
    if (optimizer.kind === 'sgd') {
      const decayed = decay === 0 ? gradient : this.binary('AddV2', gradient, this.lost(value, decay, gate));
      const operands = [handle, slots[0], learningRate, decayed, this.scalar(optimizer.momentum)];
      const attributes = [{ name: 'use_nesterov', type: AttrType.bool, value: optimizer.nesterov ?? false }];
      return recorder.add('ResourceApplyMomentum', operands, attributes, { controls: reads })[0];
    }
    let controls = reads;
    if (decay !== 0) {
      const rate = this.binary('Mul', learningRate, this.scalar(decay));
      const lost = this.binary('Mul', value, rate);
      controls = recorder.add('AssignSubVariableOp', [handle, lost], [], { controls: reads });
    }
    const powers = [inputs.optimizerInput('beta1Power'), inputs.optimizerInput('beta2Power'), learningRate];
    const constants = [this.scalar(optimizer.beta1), this.scalar(optimizer.beta2), inputs.optimizerInput('epsilon')];
    const operands = [handle, slots[0], slots[1], ...powers, ...constants, gradient];
    return recorder.add('ResourceApplyAdam', operands, [], { controls })[0];
  }

  // Behind the gate, one Switch for all parameters: ready only when the gradients are. Else the executor would compute and
  // hold all products, the size of the network, from the start of the step.
  private lost(value: RecordedTensor, decay: number, gate: UpdateScope['gate']): RecordedTensor {
    this.gatedDecay ??= gate(this.scalar(decay));
    return this.binary('Mul', value, this.gatedDecay);
  }

  /** average −= (1 − decay) · (average − value), after the value's update. */
  private average(name: string, update: RecordedTensor): RecordedTensor[] {
    const { emaDecay } = this.options;
    if (emaDecay === undefined) return [];
    const { nodes } = this.context;
    const { shape } = this.variable(name);
    const averageName = `ema/${name}`;
    const difference = this.binary('Sub', nodes.read(averageName, shape, [update]), nodes.read(name, shape, [update]));
    const step = this.binary('Mul', difference, this.scalar(1 - emaDecay));
    return this.recorder.add('AssignSubVariableOp', [nodes.handle(averageName, shape), step], []);
  }

  private gradientNorm(gradients: readonly RecordedTensor[]): RecordedTensor {
    const { recorder } = this;
    if (gradients.length === 0) return this.scalar(0);
    const halves = gradients.map((gradient) => recorder.add('L2Loss', [gradient], [])[0]);
    // Not AddN: it adds in the order in which its inputs come free.
    const together = recorder.add('Pack', halves, [{ name: 'N', type: AttrType.int, value: halves.length }])[0];
    const sum = this.context.interception.unwrap(tf.sum(this.context.interception.wrap(together)));
    const squared = this.binary('Mul', sum, this.scalar(2));
    return recorder.add('Sqrt', [squared], [])[0];
  }

  private clipFactor(norm: RecordedTensor): RecordedTensor | undefined {
    const { clipNorm } = this.options;
    if (clipNorm === undefined) return undefined;
    const limit = this.context.interception.wrap(norm);
    return this.context.interception.unwrap(tf.minimum(tf.scalar(1), tf.div(tf.scalar(clipNorm), tf.add(limit, 1e-6))));
  }

  private bothFinite(a: RecordedTensor, b: RecordedTensor): RecordedTensor {
    const [first, second] = [a, b].map((value) => this.recorder.add('IsFinite', [value], [])[0]);
    return this.recorder.add('LogicalAnd', [first, second], [])[0];
  }

  private toFloat(value: RecordedTensor): RecordedTensor {
    return this.recorder.add('Cast', [value], [typeAttribute('DstT', DataType.float32)])[0];
  }

  private handle(name: string): RecordedTensor {
    return this.context.nodes.handle(name, this.variable(name).shape);
  }

  private variable(name: string): VariableSpec {
    return this.context.variables.get(name)!;
  }

  // One constant for all parameters that use the number.
  private scalar(value: number): RecordedTensor {
    let scalar = this.scalars.get(value);
    if (scalar === undefined) {
      scalar = this.context.interception.unwrap(tf.scalar(value));
      this.scalars.set(value, scalar);
    }
    return scalar;
  }

  private binary(op: 'Mul' | 'AddV2' | 'Sub', a: RecordedTensor, b: RecordedTensor): RecordedTensor {
    return this.recorder.add(op, [a, b], [])[0];
  }
}
