import { Random } from '@featuremine/random';
import { CompiledModel, firstValues, kaimingNormalFanOut, kaimingUniform, onesInit, tf } from '../../src';
import type { Initializer, StepFunction, VariableSpec } from '../../src';
import { drawAll, drawValues, type Draw } from '../../src/first-values';

jest.setTimeout(60_000);

const variable = (name: string, shape: number[], initial: Initializer): VariableSpec => ({
  ...{ name, shape, initial },
  ...{ role: 'parameter', isTrainable: true, hasDecay: true },
});

/** `toEqual` takes seconds for a million numbers. */
function expectSame(some: Float32Array, others: Float32Array): void {
  const bytes = [some, others].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  expect(bytes[0].equals(bytes[1])).toBe(true);
}

describe('first values', () => {
  it('are the same whether a thread draws them or not', async () => {
    const many: Draw[] = [
      { distribution: { kind: 'normal', deviation: 0.5 }, count: 900_001, stream: [1, 'many'] },
      { distribution: { kind: 'uniform', bound: 0.1 }, count: 200_000, stream: [1, 'bounded'] },
    ];
    const drawn = await drawAll(many);
    many.forEach((draw, i) => expectSame(drawn[i], drawValues(draw)));
    const [few] = await drawAll(many.slice(1));
    expectSame(few, drawn[1]);
  });

  it('are those of the variable’s own stream, for a large network as for a small one', async () => {
    const large = [
      variable('large', [3, 3, 256, 512], kaimingNormalFanOut),
      variable('small', [1, 1, 8, 8], kaimingUniform({ a: 1 })),
      variable('ones', [4], onesInit),
    ];
    const model = new CompiledModel({ variables: large, seed: 7, ema: { decay: 0.9 } });
    await model.writeVariables(new Map([['small', new Float32Array(64).fill(2)]]));
    const values = await model.readVariables();
    expectSame(values.get('large')!, firstValues(large[0], Random.of(7, 'variable', 'large')));
    expectSame(values.get('ema/large')!, values.get('large')!);
    expect(values.get('small')).toEqual(new Float32Array(64).fill(2));
    expect(values.get('ema/small')).toEqual(firstValues(large[1], Random.of(7, 'variable', 'small')));
    expect(values.get('ones')).toEqual(Float32Array.of(1, 1, 1, 1));
    await model.dispose();
  });

  it('are waited for where variables that come later are ready before', async () => {
    const large = variable('w', [1024, 1024], kaimingNormalFanOut);
    const model = new CompiledModel({ variables: [large], seed: 3 });
    const drawing = model.initialize();
    const loss: StepFunction = (step) => ({ loss: tf.sum(tf.square(step.variable('w'))) });
    model.trainStep('train', loss, { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 } });
    expectSame((await model.readVariables(['w'])).get('w')!, firstValues(large, Random.of(3, 'variable', 'w')));
    await drawing;
    await model.dispose();
  });

  it('may be still under way when the model goes', async () => {
    const model = new CompiledModel({ variables: [variable('w', [1024, 1024], kaimingNormalFanOut)], seed: 0 });
    const drawing = model.initialize();
    await model.dispose();
    await expect(drawing).rejects.toThrow('The model was disposed');
  });
});
