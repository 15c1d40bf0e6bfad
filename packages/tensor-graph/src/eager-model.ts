import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { checkHostTensor, type HostTensor } from './host-tensor';
import type { CompiledFunction, FunctionInputs } from './compiled-function';
import { checkAssignment, scalarLoss, unknownVariable, type BuildOptions } from './graph-builder';
import { slotNames, type OptimizerConfig, type TrainOptions } from './optimizer';
import type { StepContext, StepDefinition } from './step-context';
import { tf } from './tensorflow';
import type { VariableStore } from './variable-store';
import type { VariableSpec } from './variables';

type EagerOptions = Pick<BuildOptions, 'training' | 'readPrefix'>;

/**
 * Runs step functions op by op, with values that can be read, printed and stepped through. The state lies in the same
 * store as a compiled model's; the updates are written out in tfjs ops, apart from those of the graph.
 */
export class EagerModel {
  constructor(
    private readonly specs: ReadonlyMap<string, VariableSpec>,
    private readonly store: VariableStore,
    private readonly emaDecay: number | undefined,
  ) {}

  function(definition: StepDefinition, options: EagerOptions): CompiledFunction {
    return async (inputs) => {
      const state = await this.store.read(this.store.names());
      const { outputs, changes } = tf.tidy(
        () => this.run(definition, options, inputs, state) as never,
      ) as unknown as Results;
      if (changes.size > 0) await this.store.write(changes);
      return outputs;
    };
  }

  private run(definition: StepDefinition, options: EagerOptions, inputs: FunctionInputs, state: State): Results {
    const context = new EagerContext(this.specs, this.store, state, options);
    const tensors = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, inputTensor(name, value)]));
    const { training } = options;
    if (training === undefined) return { outputs: read(definition.run(context, tensors)), changes: new Map() };

    const trainable = [...this.specs.values()].filter(({ isTrainable }) => isTrainable);
    const parameters = trainable.map(({ name }) => context.variable(name));
    let outputs: Record<string, Tensor> = {};
    const { grads } = tf.engine().gradients(
      () => {
        outputs = definition.run(context, tensors);
        for (const tensor of Object.values(outputs)) tf.keep(tensor);
        return scalarLoss(definition.name, outputs['loss']);
      },
      parameters,
      undefined,
      true,
    ) as { grads: (Tensor | null | undefined)[] };
    const gradients = new Map<string, Float32Array>();
    grads.forEach((gradient, i) => {
      if (gradient) gradients.set(trainable[i].name, gradient.dataSync() as Float32Array);
    });
    const results = read(outputs);
    tf.dispose(Object.values(outputs));

    let squares = 0;
    for (const gradient of gradients.values()) for (const value of gradient) squares += value * value;
    const norm = Math.sqrt(squares);
    const isFinite = Number.isFinite(results['loss'].data[0]) && Number.isFinite(norm);
    results['gradientNorm'] = scalar(norm);
    results['isFinite'] = scalar(isFinite ? 1 : 0);
    const changes: State = new Map();
    if (isFinite) this.update(changes, training, gradients, norm, inputs, state, context);
    return { outputs: results, changes };
  }

  private update(
    changes: State,
    training: TrainOptions,
    gradients: State,
    norm: number,
    inputs: FunctionInputs,
    state: State,
    context: EagerContext,
  ): void {
    const factor = training.clipNorm === undefined ? 1 : Math.min(1, training.clipNorm / (norm + 1e-6));
    for (const [name, gradient] of gradients) {
      const scaled = gradient.map((value) => value * factor);
      const weightDecay = this.specs.get(name)!.hasDecay ? training.optimizer.weightDecay : 0;
      optimize(changes, name, scaled, { ...training.optimizer, weightDecay }, inputs, state);
    }
    for (const [name, value] of context.assignments) changes.set(name, value);
    const { emaDecay } = this;
    if (emaDecay === undefined) return;
    for (const [name, value] of [...changes]) {
      const average = state.get(`ema/${name}`);
      if (average !== undefined) {
        changes.set(
          `ema/${name}`,
          average.map((old, i) => old - (1 - emaDecay) * (old - value[i])),
        );
      }
    }
  }
}

type State = Map<string, Float32Array>;

interface Results {
  readonly outputs: Record<string, HostTensor>;
  readonly changes: State;
}

class EagerContext implements StepContext {
  readonly isTraining: boolean;
  readonly assignments = new Map<string, Float32Array>();
  private readonly tensors = new Map<string, Tensor>();

  constructor(
    private readonly specs: ReadonlyMap<string, VariableSpec>,
    private readonly store: VariableStore,
    private readonly state: State,
    private readonly options: EagerOptions,
  ) {
    this.isTraining = options.training !== undefined;
  }

  variable(name: string): Tensor {
    let tensor = this.tensors.get(name);
    if (tensor === undefined) {
      if (!this.specs.has(name)) throw unknownVariable(name, this.specs.keys());
      const value = this.state.get(`${this.options.readPrefix ?? ''}${name}`)!;
      tensor = tf.tensor(value, [...this.store.shapeOf(name)]);
      this.tensors.set(name, tensor);
    }
    return tensor;
  }

  assign(name: string, value: Tensor): void {
    checkAssignment(name, value, this.specs, this.isTraining);
    this.assignments.set(name, value.dataSync().slice() as Float32Array);
  }
}

function optimize(
  changes: State,
  name: string,
  gradient: Float32Array,
  optimizer: OptimizerConfig,
  inputs: FunctionInputs,
  state: State,
): void {
  const old = state.get(name)!;
  const [first, second] = slotNames(optimizer, name) as [string, string?];
  const number = (key: string): number => inputs[key] as number;
  const lr = number('learningRate');
  const { weightDecay } = optimizer;
  if (optimizer.kind === 'sgd') {
    const { momentum, nesterov = false } = optimizer;
    const decayed = gradient.map((g, i) => g + weightDecay * old[i]);
    const velocity = state.get(first)!.map((v, i) => momentum * v + decayed[i]);
    changes.set(first, velocity);
    changes.set(
      name,
      old.map((p, i) => p - lr * (nesterov ? decayed[i] + momentum * velocity[i] : velocity[i])),
    );
    return;
  }
  const { beta1, beta2 } = optimizer;
  const m = state.get(first)!.map((value, i) => beta1 * value + (1 - beta1) * gradient[i]);
  const v = state.get(second!)!.map((value, i) => beta2 * value + (1 - beta2) * gradient[i] * gradient[i]);
  const correction1 = 1 - number('optimizer/beta1Power');
  const correction2 = 1 - number('optimizer/beta2Power');
  changes.set(first, m);
  changes.set(second!, v);
  const moved = (p: number, i: number): number =>
    p - (lr / correction1) * (m[i] / (Math.sqrt(v[i]) / Math.sqrt(correction2) + optimizer.epsilon));
  changes.set(
    name,
    old.map((p, i) => moved(p - lr * weightDecay * p, i)),
  );
}

function inputTensor(name: string, value: HostTensor | number): Tensor {
  if (typeof value === 'number') return tf.scalar(value);
  checkHostTensor(name, value);
  const { dtype, shape, data } = value;
  if (dtype === 'uint8') return tf.tensor(Float32Array.from(data), [...shape], 'float32');
  return tf.tensor(data, [...shape], dtype);
}

function read(outputs: Record<string, Tensor>): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => {
      const dtype = tensor.dtype as 'float32' | 'int32' | 'bool';
      return [name, { dtype, shape: tensor.shape, data: tensor.dataSync().slice() }];
    }),
  );
}

function scalar(value: number): HostTensor {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}
