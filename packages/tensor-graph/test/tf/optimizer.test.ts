import {
  CompiledModel,
  constantInit,
  optimizerOf,
  tf,
  type OptimizerConfig,
  type StepFunction,
  type VariableSpec,
} from '../../src';
import fixture from '../fixtures/optimizers.json';

const variable: VariableSpec = {
  name: 'p',
  shape: [4],
  role: 'parameter',
  isTrainable: true,
  hasDecay: true,
  initial: () => Float32Array.from(fixture.start),
};

const loss: StepFunction = (step, inputs) => {
  const p = step.variable('p');
  const distance = tf.square(tf.sub(p, inputs['target']));
  return { loss: tf.add(tf.sum(distance), tf.sum(tf.sin(tf.mul(p, 3)))) };
};

const adamw = (beta1: number, beta2: number, epsilon: number, weightDecay: number): OptimizerConfig => ({
  kind: 'adamw',
  ...{ beta1, beta2, epsilon, weightDecay },
});

const cases: Record<keyof typeof fixture.cases, { optimizer: OptimizerConfig; clipNorm?: number }> = {
  sgd: { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 } },
  nesterov: { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0.01, nesterov: true } },
  clipped: { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 }, clipNorm: 1 },
  adamw: { optimizer: adamw(0.9, 0.999, 1e-8, 0.05) },
  adamwLargeEpsilon: { optimizer: adamw(0.8, 0.99, 0.1, 0) },
};

describe('CompiledModel.trainStep', () => {
  for (const eager of [false, true]) {
    for (const name of Object.keys(cases) as (keyof typeof cases)[]) {
      it(`makes the 20 steps of PyTorch (${String(name)}, ${eager ? 'eager' : 'compiled'})`, async () => {
        const model = new CompiledModel({ variables: [variable], seed: 0, eager });
        const step = model.trainStep('train', loss, cases[name]);
        const target = { dtype: 'float32', shape: [4], data: Float32Array.from(fixture.target) } as const;
        let firstNorm = 0;
        for (let i = 0; i < 20; i++) {
          const outputs = await step({ target, learningRate: i < 10 ? 0.05 : 0.01 });
          if (i === 0) firstNorm = outputs['gradientNorm'].data[0]!;
        }
        const values = (await model.readVariables(['p'])).get('p')!;
        expect(firstNorm).toBeCloseTo(fixture.cases[name].firstNorm, 4);
        // 20 steps in float32: each rounds at 1e-7 of values near 1.
        fixture.cases[name].values.forEach((expected, i) => expect(values[i]).toBeCloseTo(expected, 5));
        await model.dispose();
      });
    }
  }

  it('applies weight decay only to parameters that have it', async () => {
    const still: VariableSpec = { ...variable, name: 'q', hasDecay: false, initial: constantInit(1) };
    const decayed: VariableSpec = { ...still, name: 'r', hasDecay: true };
    const model = new CompiledModel({ variables: [still, decayed], seed: 0 });
    const zero: StepFunction = (step) => ({ loss: tf.mul(tf.sum(tf.add(step.variable('q'), step.variable('r'))), 0) });
    const step = model.trainStep('train', zero, { optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0.5 } });
    await step({ learningRate: 0.1 });
    const values = await model.readVariables(['q', 'r']);
    expect([...values.get('q')!]).toEqual([1, 1, 1, 1]);
    values.get('r')!.forEach((value) => expect(value).toBeCloseTo(0.95, 6));
    await model.dispose();
  });
});

describe('optimizerOf', () => {
  it('is SGD with momentum and decay, or AdamW with the defaults of PyTorch', () => {
    const options = { momentum: 0.8, nesterov: true, weightDecay: 0.05 };
    expect(optimizerOf({ optimizer: 'sgd', ...options })).toEqual({ kind: 'sgd', ...options });
    expect(optimizerOf({ optimizer: 'adamw', ...options })).toEqual(adamw(0.9, 0.999, 1e-8, 0.05));
  });
});
