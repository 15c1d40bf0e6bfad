import { Random } from '@featuremine/random';
import {
  CompiledModel,
  batchNormLayer,
  conv2d,
  globalAveragePool,
  kaimingNormalFanOut,
  linear,
  onesInit,
  relu,
  softmaxCrossEntropy,
  zerosInit,
} from '@featuremine/tensor-graph';
import type { StepFunction, VariableSpec } from '@featuremine/tensor-graph';
import type { TrainingBatch, TrainingTask } from '../../src';
import { listCheckpoints, readCheckpoint } from '../../src';
import { writeSafetensors } from '@featuremine/weights';
import { join } from 'node:path';
import { metricsOf, temporaryFolder, trainIn } from '../support/run-files';

const parameter = { role: 'parameter', isTrainable: true, hasDecay: true } as const;
const buffer = { role: 'buffer', isTrainable: false, hasDecay: false } as const;
const variables: VariableSpec[] = [
  { name: 'conv.weight', shape: [3, 3, 3, 8], initial: kaimingNormalFanOut, ...parameter },
  { name: 'bn.weight', shape: [8], initial: onesInit, ...parameter },
  { name: 'bn.bias', shape: [8], initial: zerosInit, ...parameter },
  { name: 'bn.running_mean', shape: [8], initial: zerosInit, ...buffer },
  { name: 'bn.running_var', shape: [8], initial: onesInit, ...buffer },
  { name: 'fc.weight', shape: [8, 4], initial: kaimingNormalFanOut, ...parameter },
  { name: 'fc.bias', shape: [4], initial: zerosInit, ...parameter },
];

const classify: StepFunction = (step, { images, labels }) => {
  const x = conv2d(images, step.variable('conv.weight'), { padding: 1 });
  const y = relu(batchNormLayer(step, x, 'bn', { isFrozen: false, momentum: 0.1, epsilon: 1e-5 }));
  const logits = linear(globalAveragePool(y), step.variable('fc.weight'), step.variable('fc.bias'));
  return { loss: softmaxCrossEntropy(logits, labels) };
};

function makeTask(optimizer: 'sgd' | 'adamw'): { task: TrainingTask; model: CompiledModel } {
  const model = new CompiledModel({ variables, seed: 3, ema: { decay: 0.9 }, threads: 2 });
  const step = model.trainStep('train', classify, {
    optimizer:
      optimizer === 'sgd'
        ? { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 }
        : { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    clipNorm: 1,
  });
  const task: TrainingTask = {
    model,
    step,
    stepsPerEpoch: 5,
    // eslint-disable-next-line @typescript-eslint/require-await -- the trainer takes any asynchronous source.
    async *batches(epoch, startBatch) {
      for (let batch = startBatch; batch < 5; batch++) yield makeBatch(epoch, batch);
    },
    evaluate: () => Promise.resolve({}),
    bestMetric: { name: 'top1', mode: 'max' },
    async saveWeights(path) {
      const data = (await model.readVariables(['fc.bias'])).get('fc.bias')!;
      writeSafetensors(path, new Map([['fc.bias', { dtype: 'F32', shape: [4], data }]]));
    },
  };
  return { task, model };
}

function makeBatch(epoch: number, batch: number): TrainingBatch {
  const random = Random.of(3, 'batch', epoch, batch);
  const images = Float32Array.from({ length: 4 * 8 * 8 * 3 }, () => random.normal());
  const labels = Int32Array.from({ length: 4 }, () => random.integer(4));
  return {
    inputs: {
      images: { dtype: 'float32', shape: [4, 8, 8, 3], data: images },
      labels: { dtype: 'int32', shape: [4], data: labels },
    },
    imageCount: 4,
    files: [],
  };
}

function stateOf(path: string): Record<string, number[]> {
  const folder = join(path, 'checkpoint');
  const { variables: saved } = readCheckpoint(join(folder, listCheckpoints(folder)[0]));
  return Object.fromEntries([...saved].map(([name, data]) => [name, [...data]]));
}

describe('train with a compiled model', () => {
  it.each(['sgd', 'adamw'] as const)(
    'ends a stopped and resumed run (%s) with the same bits: weights, slots, averages, statistics, metrics',
    async (optimizer) => {
      const whole = temporaryFolder();
      const first = makeTask(optimizer);
      await trainIn(whole, first.task, { epochs: 2, logEvery: 2 });
      await first.model.dispose();

      const path = temporaryFolder();
      const second = makeTask(optimizer);
      let steps = 0;
      const step: TrainingTask['step'] = (inputs) => {
        if (++steps === 3) process.emit('SIGTERM', 'SIGTERM');
        return second.task.step(inputs);
      };
      const stopped = await trainIn(path, { ...second.task, step }, { epochs: 2, logEvery: 2 });
      expect(stopped).toMatchObject({ stoppedBy: 'SIGTERM', steps: 3 });
      await second.model.dispose();
      const third = makeTask(optimizer);
      await trainIn(path, third.task, { epochs: 2, logEvery: 2, resume: true });
      await third.model.dispose();

      expect(metricsOf(path)).toEqual(metricsOf(whole));
      const state = stateOf(path);
      expect(state).toEqual(stateOf(whole));
      expect(state['optimizer/step']).toEqual([10]);
      expect(Object.keys(state)).toContain('ema/bn.running_var');
      expect(Object.keys(state)).toContain(optimizer === 'sgd' ? 'momentum/conv.weight' : 'adam_v/conv.weight');
    },
  );
});
