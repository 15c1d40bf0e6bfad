import {
  CompiledModel,
  softmaxCrossEntropy,
  tf,
  type FunctionInputs,
  type HostTensor,
  type StepFunction,
  type VariableSpec,
} from '../../src';
import { adamw, batch, logitsOf, parameters, scalarBuffer, sgd } from './small-network';

const variables: VariableSpec[] = [...parameters, scalarBuffer('seen')];
const network: StepFunction = (step, { images, labels }) => {
  if (step.isTraining) step.assign('seen', tf.add(step.variable('seen'), 1));
  return { loss: softmaxCrossEntropy(logitsOf(step, images), labels) };
};
const learningRate = 0.1;
const halves = (salt: number): FunctionInputs[] => [
  { ...batch(salt, 2), learningRate },
  { ...batch(salt + 2, 2), learningRate },
];

async function accumulated(steps: FunctionInputs[][], training = sgd, precision: 'float32' | 'bfloat16' = 'float32') {
  const model = new CompiledModel({ variables, seed: 3, precision, ema: { decay: 0.5 } });
  const step = model.accumulatedTrainStep('train', network, training);
  const outputs: Record<string, HostTensor>[] = [];
  for (const parts of steps) outputs.push(await step(parts));
  const values = await model.readVariables();
  await model.dispose();
  return { values, outputs };
}

describe('CompiledModel.accumulatedTrainStep', () => {
  for (const [name, training] of Object.entries({ sgd, adamw })) {
    it(`gives the weights of whole batches from halves of them (${name})`, async () => {
      const { values, outputs } = await accumulated([halves(0), halves(4), halves(8)], training);
      const model = new CompiledModel({ variables, seed: 3, ema: { decay: 0.5 } });
      const step = model.trainStep('train', network, training);
      for (const [i, salt] of [0, 4, 8].entries()) {
        const whole = await step({ ...batch(salt, 4), learningRate });
        expect(outputs[i]['loss'].data[0]).toBeCloseTo(whole['loss'].data[0], 5);
        expect(outputs[i]['gradientNorm'].data[0]).toBeCloseTo(whole['gradientNorm'].data[0], 5);
      }
      const expected = await model.readVariables();
      await model.dispose();
      expect([...values.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [variable, data] of expected) {
        if (variable.endsWith('seen')) continue;
        data.forEach((value, i) => expect(values.get(variable)![i]).toBeCloseTo(value, 4));
      }
      expect(values.get('seen')![0]).toBe(6);
    });
  }

  it('changes nothing when a part is not finite, whichever, and forgets it before the next step', async () => {
    const [good, other] = halves(0);
    const bad = { ...batch(0, 2, NaN), learningRate };
    const { values: untouched } = await accumulated([]);
    const { values: expected } = await accumulated([halves(4)]);
    for (const parts of [
      [bad, other],
      [good, bad],
    ]) {
      expect((await accumulated([parts])).values).toEqual(untouched);
      const { values, outputs } = await accumulated([parts, halves(4)]);
      expect(outputs.map(({ isFinite }) => isFinite.data[0])).toEqual([0, 1]);
      expect(values).toEqual(expected);
    }
  });

  it('is a plain step for one batch, also in bfloat16', async () => {
    const parts = [[{ ...batch(0, 4), learningRate }]];
    const { values } = await accumulated(parts, sgd, 'bfloat16');
    const model = new CompiledModel({ variables, seed: 3, precision: 'bfloat16', ema: { decay: 0.5 } });
    await model.trainStep('train', network, sgd)(parts[0][0]);
    expect(values).toEqual(await model.readVariables());
    await model.dispose();
  });
});
