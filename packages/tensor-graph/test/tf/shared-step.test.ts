import { relativeL2 } from '../../../../test/support/distance';
import { UserError } from '@featuremine/errors';
import { ranksInOneProcess } from '../../../mpi/test/support/ranks';
import {
  CompiledModel,
  softmaxCrossEntropy,
  tf,
  type FunctionInputs,
  type GradientExchange,
  type HostTensor,
  type ModelOptions,
  type StepFunction,
  type TrainOptions,
  type VariableSpec,
} from '../../src';
import { bucketLayout } from '../../src/gradient-buckets';
import { adamw, batch, logitsOf, parameters, scalarBuffer, sgd } from './small-network';

const variables: VariableSpec[] = [...parameters, scalarBuffer('mean')];
const network: StepFunction = (step, { images, labels }) => {
  if (step.isTraining) step.assign('mean', tf.mean(images));
  const logits = logitsOf(step, images);
  return { loss: softmaxCrossEntropy(logits, labels), logits };
};
const learningRate = 0.01;
const inputs = (from: number, count: number, scale = 1): FunctionInputs => ({
  ...batch(from, count, scale),
  learningRate,
});

type Outputs = Record<string, HostTensor>;
interface Trained {
  readonly values: Map<string, Float32Array>;
  readonly outputs: Outputs[];
}

/** Trains one process of a job with a function that is given its step. */
async function trained(
  job: GradientExchange | undefined,
  steps: (model: CompiledModel) => Promise<Outputs[]>,
  options: Partial<ModelOptions> = {},
): Promise<Trained> {
  const model = new CompiledModel({ variables, seed: 3, ema: { decay: 0.5 }, ...(job && { job }), ...options });
  const outputs = await steps(model);
  const values = await model.readVariables();
  await model.dispose();
  return { values, outputs };
}

/** Steps of 4 images, of which each of so many processes takes its part. */
function plainSteps(count: number, training: TrainOptions, { rank = 0, size = 1 } = {}) {
  return async (model: CompiledModel): Promise<Outputs[]> => {
    const step = model.trainStep('train', network, training);
    const outputs: Outputs[] = [];
    for (let i = 0; i < count; i++) outputs.push(await step(inputs(4 * i + (4 / size) * rank, 4 / size)));
    return outputs;
  };
}

const inJob = (count: number, training: TrainOptions, options: Partial<ModelOptions> = {}): Promise<Trained[]> =>
  Promise.all(ranksInOneProcess(2).map((job) => trained(job, plainSteps(count, training, job), options)));

describe('CompiledModel.trainStep in a job', () => {
  for (const [name, training] of Object.entries({ sgd, adamw })) {
    it(`gives two processes with half a batch the weights of one with the whole (${name})`, async () => {
      for (const [count, tolerance] of [
        [1, 1e-5],
        [20, 1e-4],
      ]) {
        const [first, second] = await inJob(count, training);
        const alone = await trained(undefined, plainSteps(count, training));
        expect([...first.values.keys()].sort()).toEqual([...alone.values.keys()].sort());
        for (const [variable, expected] of alone.values) {
          expect(relativeL2(first.values.get(variable)!, expected)).toBeLessThan(tolerance);
          expect(second.values.get(variable)).toEqual(first.values.get(variable)); // To the bit.
        }
        const { loss, gradientNorm } = alone.outputs[0];
        expect((first.outputs[0]['loss'].data[0] + second.outputs[0]['loss'].data[0]) / 2).toBeCloseTo(loss.data[0], 5);
        expect(first.outputs[0]['gradientNorm'].data[0]).toBeCloseTo(gradientNorm.data[0], 5);
        expect(Object.keys(first.outputs[0]).sort()).toEqual(['gradientNorm', 'isFinite', 'logits', 'loss']);
      }
    });
  }

  it('gives buffers the mean of what the processes assign', async () => {
    const [{ values }] = await inJob(1, sgd);
    const { data } = batch(0, 4).images;
    expect(values.get('mean')![0]).toBeCloseTo((data as Float32Array).reduce((sum, x) => sum + x) / data.length, 6);
  });

  it('changes nothing on any process when the loss of one is not finite', async () => {
    const results = await Promise.all(
      ranksInOneProcess(2).map((job) =>
        trained(job, async (model) => {
          const step = model.trainStep('train', network, sgd);
          const second = inputs(4 + 2 * job.rank, 2, job.rank === 1 ? NaN : 1);
          return [await step(inputs(2 * job.rank, 2)), await step(second)];
        }),
      ),
    );
    const [before] = await inJob(1, sgd);
    const expected = await trained(undefined, () => Promise.resolve([]));
    for (const { values, outputs } of results) {
      expect(outputs.map(({ isFinite }) => isFinite.data[0])).toEqual([1, 0]);
      expect(values).toEqual(before.values);
      expect(values.get('conv.weight')).not.toEqual(expected.values.get('conv.weight'));
    }
  });

  it('trains in bfloat16, with updates in float32', async () => {
    const [first, second] = await inJob(3, sgd, { precision: 'bfloat16' });
    const alone = await trained(undefined, plainSteps(3, sgd));
    for (const [variable, expected] of alone.values) {
      expect(relativeL2(first.values.get(variable)!, expected)).toBeLessThan(0.03);
      expect(second.values.get(variable)).toEqual(first.values.get(variable));
    }
  });

  it('is refused where nothing is trainable, also for one process', () => {
    const frozen = variables.map((spec) => ({ ...spec, isTrainable: false }));
    for (const job of [undefined, ...ranksInOneProcess(2)]) {
      const model = new CompiledModel({ variables: frozen, seed: 0, ...(job && { job }) });
      const make = (): unknown => model.trainStep('train', network, sgd);
      expect(make).toThrow(UserError);
      expect(make).toThrow(/^step train: none of the model’s 3 variables is trainable, expected at least one\. Set/);
      expect(() => model.accumulatedTrainStep('train', network, sgd)).toThrow(/^step train: none of/);
    }
  });

  it('is refused in eager mode', () => {
    const job = { size: 2, sum: () => Promise.resolve() };
    expect(() => new CompiledModel({ variables, seed: 0, eager: true, job })).toThrow('2 processes in eager mode');
  });
});

describe('CompiledModel.accumulatedTrainStep in a job', () => {
  const steps = (job: { rank: number; size: number }, scaleOf: (part: number) => number = () => 1) => {
    return async (model: CompiledModel, count = 2): Promise<Outputs[]> => {
      const step = model.accumulatedTrainStep('train', network, sgd);
      const part = (i: number): FunctionInputs => {
        return inputs(4 * i + (4 / job.size) * job.rank, 4 / job.size, scaleOf(i));
      };
      const outputs: Outputs[] = [];
      for (let i = 0; i < count; i++) outputs.push(await step([part(2 * i), part(2 * i + 1)]));
      return outputs;
    };
  };

  it('gives two processes the weights of one', async () => {
    const [first, second] = await Promise.all(ranksInOneProcess(2).map((job) => trained(job, steps(job))));
    const alone = await trained(undefined, steps({ rank: 0, size: 1 }));
    for (const [variable, expected] of alone.values) {
      expect(relativeL2(first.values.get(variable)!, expected)).toBeLessThan(1e-5);
      expect(second.values.get(variable)).toEqual(first.values.get(variable));
    }
  });

  it('changes nothing on any process when one part of one is not finite', async () => {
    const scaleOf = (rank: number) => (part: number) => (rank === 1 && part === 2 ? NaN : 1);
    const [results, expected] = [
      await Promise.all(ranksInOneProcess(2).map((job) => trained(job, steps(job, scaleOf(job.rank))))),
      await Promise.all(ranksInOneProcess(2).map((job) => trained(job, (model) => steps(job)(model, 1)))),
    ];
    for (const [rank, { values, outputs }] of results.entries()) {
      expect(outputs.map(({ isFinite }) => isFinite.data[0])).toEqual([1, 0]);
      expect(values).toEqual(expected[rank].values);
    }
  });
});

describe('bucketLayout', () => {
  const value = (name: string, count: number) => ({ kind: 'gradient', name, shape: [count] }) as const;

  it('fills buckets in order, and gives what is larger than a bucket one of its own', () => {
    const layout = bucketLayout([value('a', 3), value('b', 4), value('c', 4), value('d', 20), value('e', 1)], 8);
    const names = layout.map((bucket) => bucket.map(({ name }) => name));
    expect(names).toEqual([
      ['', 'a', 'b'],
      ['', 'c'],
      ['', 'd'],
      ['', 'e'],
    ]);
  });
});
