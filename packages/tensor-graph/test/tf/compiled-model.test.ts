import { relativeL2 } from '../../../../test/support/distance';
import { trainedVariables } from '../../../../test/support/trained-variables';
import {
  batchNormLayer,
  CompiledModel,
  conv2d,
  globalAveragePool,
  kaimingNormalFanOut,
  linear,
  normalInit,
  onesInit,
  relu,
  softmaxCrossEntropy,
  tf,
  zerosInit,
  type FunctionInputs,
  type HostTensor,
  type Initializer,
  type ModelOptions,
  type StepFunction,
  type TrainOptions,
  type VariableSpec,
} from '../../src';

const parameter = (name: string, shape: number[], initial: Initializer): VariableSpec => ({
  ...{ name, shape, initial },
  role: 'parameter',
  isTrainable: true,
  hasDecay: true,
});
const buffer = (name: string, shape: number[], initial: Initializer): VariableSpec => ({
  ...parameter(name, shape, initial),
  role: 'buffer',
  isTrainable: false,
});

// A small network with all that a big one has: convolutions with stride, batch norm, a head.
const variables: VariableSpec[] = [
  parameter('conv1.weight', [3, 3, 3, 8], kaimingNormalFanOut),
  parameter('bn.weight', [8], onesInit),
  parameter('bn.bias', [8], zerosInit),
  buffer('bn.running_mean', [8], zerosInit),
  buffer('bn.running_var', [8], onesInit),
  parameter('conv2.weight', [3, 3, 8, 16], kaimingNormalFanOut),
  parameter('fc.weight', [16, 5], normalInit(0.1)),
  parameter('fc.bias', [5], zerosInit),
];

const network: StepFunction = (step, { images, labels }) => {
  let x = conv2d(tf.div(images, 255), step.variable('conv1.weight'), { stride: 2, padding: 1 });
  x = relu(batchNormLayer(step, x, 'bn'));
  x = relu(conv2d(x, step.variable('conv2.weight'), { padding: 1 }));
  const logits = linear(globalAveragePool(x), step.variable('fc.weight'), step.variable('fc.bias'));
  return { loss: softmaxCrossEntropy(logits, labels), logits };
};

function batch(count: number, height: number, width: number, salt = 0): Record<string, HostTensor> {
  const data = Uint8Array.from({ length: count * height * width * 3 }, (_, i) => ((i + salt) * 7919) % 251);
  return {
    images: { dtype: 'uint8', shape: [count, height, width, 3], data },
    labels: { dtype: 'int32', shape: [count], data: Int32Array.from({ length: count }, (_, i) => i % 5) },
  };
}

const sgd: TrainOptions = { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 } };
const adamw: TrainOptions = {
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
};

const train = (
  options: Partial<ModelOptions>,
  steps: FunctionInputs[],
  training = sgd,
): Promise<Map<string, Float32Array>> => trainedVariables({ variables, seed: 3, ...options }, network, training, steps);

const lr = { learningRate: 0.01 };

describe('CompiledModel', () => {
  it('equals eager execution over 5 steps of two alternating shapes', async () => {
    const steps = [0, 1, 2, 3, 4].map((i) => ({ ...(i % 2 === 0 ? batch(4, 17, 15, i) : batch(3, 12, 20, i)), ...lr }));
    const options = { ema: { decay: 0.9 } };
    const compiled = await train(options, steps, { ...sgd, clipNorm: 0.5 });
    const eager = await train({ ...options, eager: true }, steps, { ...sgd, clipNorm: 0.5 });
    expect([...compiled.keys()].sort()).toEqual([...eager.keys()].sort());
    for (const [name, values] of compiled) {
      expect(Number.isFinite(values[0])).toBe(true);
      expect(relativeL2(values, eager.get(name)!)).toBeLessThan(1e-4);
    }
  });

  it('gives bit-identical weights for the same seed', async () => {
    const steps = [0, 1, 2].map((i) => ({ ...batch(4, 17, 15, i), ...lr }));
    expect(await train({}, steps)).toEqual(await train({}, steps));
  });

  it('adds three gradients of one tensor in the same order each time', async () => {
    // Branches of very different cost: whichever gradient is ready first must not be added first.
    const branches: StepFunction = (step, inputs) => {
      const x = relu(conv2d(tf.div(inputs['images'], 255), step.variable('conv1.weight'), { padding: 1 }));
      const wide = conv2d(x, step.variable('conv2.weight'), { padding: 1 });
      const loss = tf.add(tf.add(tf.sum(tf.square(wide)), tf.sum(tf.sin(x))), tf.sum(tf.square(x)));
      return { loss: tf.mul(loss, 1e-5) };
    };
    const run = async (): Promise<Map<string, Float32Array>> => {
      const model = new CompiledModel({ variables, seed: 3 });
      const step = model.trainStep('train', branches, sgd);
      for (let i = 0; i < 3; i++) await step({ images: batch(4, 64, 64, i)['images'], ...lr });
      const values = await model.readVariables();
      await model.dispose();
      return values;
    };
    const first = await run();
    for (let i = 0; i < 3; i++) expect(await run()).toEqual(first);
  });

  it('goes on exactly from variables that were read and written', async () => {
    const steps = [0, 1, 2, 3].map((i) => ({ ...batch(4, 17, 15, i), ...lr }));
    const whole = await train({}, steps, adamw);
    const half = await train({}, steps.slice(0, 2), adamw);
    const model = new CompiledModel({ variables, seed: 99 });
    const step = model.trainStep('train', network, adamw);
    await model.writeVariables(half);
    for (const inputs of steps.slice(2)) await step(inputs);
    expect(await model.readVariables()).toEqual(whole);
    await model.dispose();
  });

  it('takes all variables in the order in which it gave their first values', async () => {
    const whole = await train({}, [{ ...batch(4, 17, 15), ...lr }], adamw);
    const model = new CompiledModel({ variables, seed: 99 });
    model.trainStep('train', network, adamw);
    const first = await model.readVariables();
    const changed = new Map([...first.keys()].map((name) => [name, whole.get(name)!]));
    await model.writeVariables(changed);
    expect(await model.readVariables()).toEqual(changed);
    await model.dispose();
  });

  it('changes nothing in a step whose loss is not finite', async () => {
    const model = new CompiledModel({ variables, seed: 3, ema: { decay: 0.9 } });
    const poisoned: StepFunction = (step, { poison, ...inputs }) => {
      const { loss } = network(step, inputs);
      return { loss: tf.add(loss, poison) };
    };
    const step = model.trainStep('train', poisoned, sgd);
    await step({ ...batch(4, 17, 15), ...lr, poison: 0 });
    const before = await model.readVariables();
    const bad = await step({ ...batch(4, 17, 15), ...lr, poison: Infinity });
    expect(bad['isFinite'].data[0]).toBe(0);
    expect(await model.readVariables()).toEqual(before);
    const good = await step({ ...batch(4, 17, 15), ...lr, poison: 0 });
    expect(good['isFinite'].data[0]).toBe(1);
    expect((await model.readVariables()).get('fc.weight')).not.toEqual(before.get('fc.weight'));
    await model.dispose();
  });

  it.each([
    ['sgd', sgd],
    ['adamw', adamw],
  ])('changes nothing in a step of %s whose gradient is not finite, although its loss is', async (_name, options) => {
    const model = new CompiledModel({ variables, seed: 3, ema: { decay: 0.9 } });
    const poisoned: StepFunction = (step, { poison, ...inputs }) => {
      const { loss } = network(step, inputs);
      // At 0 the root has an infinite slope.
      const root = tf.sqrt(tf.mul(poison, tf.sum(tf.square(step.variable('fc.weight')))));
      return { loss: tf.add(loss, root) };
    };
    const step = model.trainStep('train', poisoned, options);
    await step({ ...batch(4, 17, 15), ...lr, poison: 1 });
    const before = await model.readVariables();
    expect([...before.keys()].some((name) => name.startsWith('ema/'))).toBe(true);
    const bad = await step({ ...batch(4, 17, 15), ...lr, poison: 0 });
    expect(Number.isFinite(bad['loss'].data[0])).toBe(true);
    expect(bad['isFinite'].data[0]).toBe(0);
    expect(await model.readVariables()).toEqual(before);
    await model.dispose();
  });

  it('averages parameters and buffers after their update', async () => {
    const steps = [{ ...batch(4, 17, 15), ...lr }];
    const values = await train({ ema: { decay: 0.75 } }, steps);
    const start = await train({ ema: { decay: 0.75 } }, []);
    for (const name of ['conv1.weight', 'bn.running_mean', 'bn.running_var']) {
      values.get(`ema/${name}`)!.forEach((average, i) => {
        expect(average).toBeCloseTo(0.75 * start.get(name)![i] + 0.25 * values.get(name)![i], 6);
      });
    }
  });

  it('draws a first value once, for the variable and its average', async () => {
    const initial = jest.fn(normalInit(1));
    const model = new CompiledModel({ variables: [parameter('w', [3], initial)], seed: 0, ema: { decay: 0.5 } });
    const values = await model.readVariables();
    expect(values.get('ema/w')).toEqual(values.get('w'));
    expect(initial).toHaveBeenCalledTimes(1);
    await model.dispose();
  });

  it('starts averages where the variables start, and gives the averages as weights where they are kept', async () => {
    const start = new Map([['w', Float32Array.of(1, 2, 3)]]);
    const loss: StepFunction = (step) => ({ loss: tf.sum(step.variable('w')) });
    for (const [ema, expected] of [[undefined, 0] as const, [{ decay: 0.75 }, 0.75] as const]) {
      const model = new CompiledModel({ variables: [parameter('w', [3], onesInit)], seed: 0, ...(ema && { ema }) });
      await model.startFrom(start);
      expect((await model.readWeights(['w'])).get('w')).toEqual(start.get('w'));
      await model.trainStep('train', loss, { optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 } })({
        learningRate: 1,
      });
      expect([...(await model.readWeights(['w'])).get('w')!]).toEqual([expected, 1 + expected, 2 + expected]);
      expect(model.steps).toBe(1);
      await model.dispose();
    }
  });

  it('reads a variable before it updates it, also where the gradient does not need its value', async () => {
    const model = new CompiledModel({ variables: [parameter('w', [3], onesInit)], seed: 0 });
    const sum: StepFunction = (step) => ({ loss: tf.sum(step.variable('w')), seen: tf.add(step.variable('w'), 0) });
    const step = model.trainStep('train', sum, { optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 } });
    for (let i = 0; i < 5; i++) {
      const { seen } = await step({ learningRate: 0.5 });
      seen.data.forEach((value) => expect(value).toBe(1 - 0.5 * i));
    }
    await model.dispose();
  });

  it('leaves parameters that are not trainable as they are', async () => {
    const frozen = variables.map((spec) => (spec.name === 'conv1.weight' ? { ...spec, isTrainable: false } : spec));
    const start = await train({ variables: frozen }, []);
    const end = await train({ variables: frozen }, [{ ...batch(4, 17, 15), ...lr }]);
    expect(end.get('conv1.weight')).toEqual(start.get('conv1.weight'));
    expect(end.has('momentum/conv1.weight')).toBe(false);
    expect(end.get('conv2.weight')).not.toEqual(start.get('conv2.weight'));
  });

  it('keeps the event loop alive during a step', async () => {
    const model = new CompiledModel({ variables, seed: 3 });
    const step = model.trainStep('train', network, sgd);
    const inputs = { ...batch(16, 224, 224), ...lr };
    await step(inputs);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await step(inputs);
    clearInterval(timer);
    await model.dispose();
    expect(ticks).toBeGreaterThan(2);
  });

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await train({}, [{ ...batch(4, 17, 15), ...lr }]);
    await train({ eager: true }, [{ ...batch(4, 17, 15), ...lr }]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('evaluates with the current or the averaged weights', async () => {
    const model = new CompiledModel({ variables, seed: 3, ema: { decay: 0.5 } });
    const step = model.trainStep('train', network, sgd);
    const current = model.evaluation('current', network);
    const averaged = model.evaluation('averaged', network, { weights: 'ema' });
    const inputs = batch(4, 17, 15);
    expect(await averaged(inputs)).toEqual(await current(inputs));
    await step({ ...inputs, learningRate: 0.5 });
    expect((await averaged(inputs))['loss']).not.toEqual((await current(inputs))['loss']);
    await model.dispose();
  });

  it('keeps close to float32 in bfloat16, with float32 variables and outputs', async () => {
    const steps = [0, 1, 2].map((i) => ({ ...batch(8, 33, 31, i), ...lr }));
    const full = await train({}, steps);
    const half = await train({ precision: 'bfloat16' }, steps);
    // bfloat16 has 8 bits of mantissa: gradients are off by some per mille, three steps of 0.01 by far less.
    for (const name of ['conv1.weight', 'conv2.weight', 'fc.weight', 'bn.running_var']) {
      expect(relativeL2(half.get(name)!, full.get(name)!)).toBeLessThan(5e-3);
      expect(half.get(name)).not.toEqual(full.get(name));
    }
  });
});

describe('CompiledModel, misused', () => {
  const fails = async (run: StepFunction, message: RegExp): Promise<void> => {
    const model = new CompiledModel({ variables, seed: 3 });
    const step = model.trainStep('train', run, sgd);
    await expect(step({ ...batch(2, 9, 9), ...lr })).rejects.toThrow(message);
    await model.dispose();
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
  };

  it('refuses a number that JavaScript draws anew', () =>
    fails((step, inputs) => ({ loss: tf.mul(network(step, inputs)['loss'], Math.random()) }), /Mul.*must be inputs/s));

  it("refuses tfjs's own dropout, which draws in JavaScript", () =>
    fails(
      (step, inputs) => ({
        loss: tf.sum(tf.dropout(tf.mul(inputs['images'], tf.sum(step.variable('fc.bias'))), 0.5)),
      }),
      /must be inputs/,
    ));

  it('refuses an op that JavaScript chooses anew', () => {
    let recordings = 0;
    return fails((step, inputs) => {
      const { loss } = network(step, inputs);
      return { loss: recordings++ % 2 === 0 ? tf.sin(loss) : tf.cos(loss) };
    }, /op Sin .* is Cos .* must be inputs/s);
  });

  it('refuses an attribute that JavaScript draws anew', () =>
    fails(
      (step, inputs) => ({ loss: tf.sum(tf.leakyRelu(network(step, inputs)['logits'], Math.random())) }),
      /attribute alpha of op LeakyRelu.*must be inputs/s,
    ));

  it('refuses an op that draws by itself', () =>
    fails((step, inputs) => {
      const drawn = tf.multinomial(tf.ones([2, 3]).as2D(2, 3), 1, 7);
      return { loss: tf.mul(network(step, inputs)['loss'], tf.sum(tf.cast(drawn, 'float32'))) };
    }, /op Multinomial .* draws other numbers in every run/s));

  it('refuses to read a value', () =>
    fails((step, inputs) => {
      network(step, inputs)['loss'].dataSync();
      return network(step, inputs);
    }, /reads the value/));

  it('refuses a shape that depends on values', () =>
    fails((step, inputs) => {
      const found = (tf.backend() as unknown as { where(x: tf.Tensor): tf.Tensor }).where(
        tf.greater(inputs['images'], 3),
      );
      return { loss: tf.sum(found), ...network(step, inputs) };
    }, /depends on values/));

  it('names the nearest variable for an unknown one', () =>
    fails((step) => ({ loss: tf.sum(step.variable('conv1.wieght')) }), /Did you mean conv1\.weight/));

  it('refuses a loss that is no scalar', () =>
    fails((step, inputs) => ({ loss: network(step, inputs)['logits'] }), /expected a scalar/));

  it('refuses data of another length than its shape, and values of another shape than the variable', async () => {
    const model = new CompiledModel({ variables, seed: 3 });
    const evaluate = model.evaluation('evaluate', network);
    const inputs = batch(2, 9, 9);
    const short = { ...inputs, labels: { ...inputs['labels'], shape: [3] } };
    await expect(evaluate(short)).rejects.toThrow(/input labels: 2 values, expected 3/);
    await expect(model.writeVariables(new Map([['fc.bias', new Float32Array(4)]]))).rejects.toThrow(/expected 5/);
    await model.dispose();
  });

  it('refuses two variables of one name', () => {
    expect(() => new CompiledModel({ variables: [...variables, variables[0]], seed: 0 })).toThrow(/stands twice/);
  });
});
