import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { CompiledModel } from '../../../src/compiled-model';
import type { HostTensor } from '../../../src/host-tensor';
import * as ops from '../../../src';
import type { StepFunction } from '../../../src/step-context';
import { tf } from '../../../src/tensorflow';
import { zerosInit } from '../../../src/variables';
import { randomValues } from './finite-differences';
import { deviation } from './fixtures';

type Inputs = Record<string, Tensor>;

interface OpCase {
  readonly run: (inputs: Inputs) => Tensor;
  readonly differentiated: Record<string, number[]>;
  readonly others?: Record<string, HostTensor>;
}

const image = [2, 7, 6, 8];
const vectors = { scale: [8], offset: [8] };
const statistics = { mean: positive([8], 'mean'), variance: positive([8], 'variance') };
const int32 = (data: number[], shape = [data.length]): HostTensor => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(data),
});
const anchorLabels = int32([-1, 3, -2, 0, -1, -1], [2, 3]);
const mask = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(0, 1, 0, 1, 0, 1) } as const;
const boxes = positive([2, 3, 4], 'boxes');

const cases: Record<string, OpCase> = {
  add: { run: ({ x, y }) => ops.add(x, y), differentiated: { x: image, y: image } },
  averagePool2d: { run: ({ x }) => ops.averagePool2d(x, { size: 2, stride: 2 }), differentiated: { x: image } },
  'batchNorm, training': {
    run: ({ x, scale, offset, mean, variance }) => ops.batchNorm(x, { scale, offset, mean, variance }).y,
    differentiated: { x: image, ...vectors },
    others: statistics,
  },
  'batchNorm, frozen': {
    run: ({ x, scale, offset, mean, variance }) =>
      ops.batchNorm(x, { scale, offset, mean, variance }, { isFrozen: true }).y,
    differentiated: { x: image, ...vectors },
    others: statistics,
  },
  'conv2d, SAME': {
    run: ({ x, filter, bias }) => ops.conv2d(x, filter, { padding: 1, bias }),
    differentiated: { x: image, filter: [3, 3, 8, 4], bias: [4] },
  },
  'conv2d, padded': {
    run: ({ x, filter }) => ops.conv2d(x, filter, { stride: 2, padding: 3 }),
    differentiated: { x: image, filter: [7, 7, 8, 4] },
  },
  conv2dFrozenBatchNorm: {
    run: ({ x, filter, scale, offset, mean, variance }) =>
      ops.conv2dFrozenBatchNorm(x, filter, { scale, offset, mean, variance }, { stride: 2, padding: 1 }),
    differentiated: { x: image, filter: [3, 3, 8, 8], ...vectors },
    others: statistics,
  },
  decodeBoxes: {
    run: ({ deltas, anchors }) => ops.decodeBoxes(deltas, anchors),
    differentiated: { deltas: [2, 3, 4] },
    others: { anchors: boxes },
  },
  dropout: {
    run: ({ x, seed }) => ops.dropout(x, seed, { rate: 0.5 }),
    differentiated: { x: image },
    others: { seed: int32([5, 6]) },
  },
  frozenBatchNorm: {
    run: ({ x, scale, offset, mean, variance }) => ops.frozenBatchNorm(x, { scale, offset, mean, variance }),
    differentiated: { x: image },
    others: { ...statistics, scale: positive([8], 'scale'), offset: positive([8], 'offset') },
  },
  giouLoss: {
    run: ({ predicted, targets, selected }) => ops.giouLoss(predicted, targets, selected),
    differentiated: { predicted: [2, 3, 4] },
    others: { targets: boxes, selected: mask },
  },
  globalAveragePool: { run: ({ x }) => ops.globalAveragePool(x), differentiated: { x: image } },
  groupNorm: {
    run: ({ x, scale, offset }) => ops.groupNorm(x, scale, offset, { groups: 4 }),
    differentiated: { x: image, ...vectors },
  },
  l1Loss: {
    run: ({ deltas, targets, selected }) => ops.l1Loss(deltas, targets, selected),
    differentiated: { deltas: [2, 3, 4] },
    others: { targets: boxes, selected: mask },
  },
  linear: {
    run: ({ x, weight, bias }) => ops.linear(x, weight, bias),
    differentiated: { x: [3, 8], weight: [8, 5], bias: [5] },
  },
  maskedPool: {
    run: ({ x, rows }) => ops.maskedPool(x, rows),
    differentiated: { x: image },
    others: { rows: positive([2, 42], 'rows') },
  },
  maxPool2d: { run: ({ x }) => ops.maxPool2d(x, { size: 3, stride: 2, padding: 1 }), differentiated: { x: image } },
  relu: { run: ({ x }) => ops.relu(x), differentiated: { x: image } },
  sigmoidFocalLoss: {
    run: ({ logits, labels }) => ops.sigmoidFocalLoss(logits, labels, { alpha: 0.25, gamma: 2 }),
    differentiated: { logits: [2, 3, 5] },
    others: { labels: anchorLabels },
  },
  smoothL1Loss: {
    run: ({ deltas, targets, selected }) => ops.smoothL1Loss(deltas, targets, selected, { beta: 0.5 }),
    differentiated: { deltas: [2, 3, 4] },
    others: { targets: boxes, selected: mask },
  },
  softmaxCrossEntropy: {
    run: ({ logits, labels }) => ops.softmaxCrossEntropy(logits, labels),
    differentiated: { logits: [3, 5] },
    others: { labels: int32([1, 4, 0]) },
  },
  'softmaxCrossEntropy, smoothed': {
    run: ({ logits, labels }) => ops.softmaxCrossEntropy(logits, labels, { labelSmoothing: 0.1 }),
    differentiated: { logits: [3, 5] },
    others: { labels: int32([1, 4, 0]) },
  },
  upsampleNearest: { run: ({ x }) => ops.upsampleNearest(x, [13, 12]), differentiated: { x: image } },
};

function positive(shape: number[], seed: string): HostTensor {
  return { dtype: 'float32', ...randomValues(shape, seed, 0.5, 1.5) };
}

/** An op's output, and its gradients for a loss that weighs every output element otherwise. */
function outputAndGradients({ run, differentiated }: OpCase): StepFunction {
  const names = Object.keys(differentiated);
  return (_, inputs) => {
    const weighted = (y: Tensor): Tensor => tf.sum(tf.mul(y, tf.reshape(tf.linspace(-1, 1, y.size), y.shape)));
    const run1 = (...xs: Tensor[]): Tensor =>
      run({ ...inputs, ...Object.fromEntries(xs.map((x, i) => [names[i], x])) });
    const gradients = tf.grads((...xs: Tensor[]) => weighted(run1(...xs)))(names.map((name) => inputs[name]));
    return { output: run(inputs), ...Object.fromEntries(gradients.map((g, i) => [`gradient_${names[i]}`, g])) };
  };
}

const unused = { name: 'unused', shape: [1], role: 'buffer', isTrainable: false, hasDecay: false } as const;
const variables = [{ ...unused, initial: zerosInit }];
const compiled = new CompiledModel({ variables, seed: 1 });
const eager = new CompiledModel({ variables, seed: 1, eager: true });
afterAll(async () => {
  await compiled.dispose();
  await eager.dispose();
});

describe('a compiled op', () => {
  it.each(Object.keys(cases))('gives what it gives op by op, in output and gradients: %s', async (name) => {
    const { differentiated, others } = cases[name];
    const inputs: Record<string, HostTensor> = { ...others };
    for (const [key, shape] of Object.entries(differentiated)) {
      inputs[key] = { dtype: 'float32', ...randomValues(shape, key) };
    }
    const expected = await eager.evaluation(name, outputAndGradients(cases[name]))(inputs);
    const actual = await compiled.evaluation(name, outputAndGradients(cases[name]))(inputs);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [key, { shape, data }] of Object.entries(expected)) {
      expect(actual[key].shape).toEqual(shape);
      // The graph's optimiser may fuse and reorder float32 sums.
      expect(deviation(actual[key].data, { data: Array.from(data) })).toBeLessThan(1e-5);
    }
  });
});
