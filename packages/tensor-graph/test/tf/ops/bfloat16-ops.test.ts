import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { CompiledModel } from '../../../src/compiled-model';
import type { HostTensor } from '../../../src/host-tensor';
import * as ops from '../../../src';
import { tf } from '../../../src/tensorflow';
import { zerosInit } from '../../../src/variables';
import { randomValues } from './finite-differences';

const unused = { name: 'unused', shape: [1], role: 'buffer', isTrainable: false, hasDecay: false } as const;
const model = new CompiledModel({ variables: [{ ...unused, initial: zerosInit }], seed: 1, precision: 'bfloat16' });
afterAll(() => model.dispose());

const ones = (shape: number[]): HostTensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { dtype: 'float32', shape, data: new Float32Array(size).fill(1) };
};

type Inputs = Record<string, Tensor>;

/** Runs `fn` in the bfloat16 model and returns its outputs' values. */
async function run(
  name: string,
  fn: (inputs: Inputs) => Record<string, Tensor>,
  inputs: Record<string, HostTensor>,
): Promise<Record<string, number[]>> {
  const outputs = await model.evaluation(name, (_, tensors) => fn(tensors))(inputs);
  return Object.fromEntries(Object.entries(outputs).map(([key, { data }]) => [key, Array.from(data)]));
}

describe('bfloat16', () => {
  // Adding ones one by one in bfloat16 would stop at 256: above it, the next number is 258.
  it('sums 8192 ones into the gradients of a bias and of a filter as 8192', async () => {
    const { bias, filter } = await run(
      'sums',
      ({ x, filter: weights, bias: offset }) => {
        // The ReLU hands the gradient on in bfloat16.
        const loss = (w: Tensor, b: Tensor): Tensor => tf.sum(ops.relu(ops.conv2d(x, w, { bias: b })));
        const [dFilter, dBias] = tf.grads((w: Tensor, b: Tensor) => loss(w, b))([weights, offset]);
        return { filter: dFilter, bias: dBias };
      },
      { x: ones([2, 64, 64, 3]), filter: ones([1, 1, 3, 256]), bias: ones([256]) },
    );
    expect(new Set(bias)).toEqual(new Set([8192]));
    expect(new Set(filter)).toEqual(new Set([8192]));
  });

  it('sums them as well when only the bias is trained, where TensorFlow has another kernel', async () => {
    const { bias } = await run(
      'bias',
      ({ x, filter, bias: offset }) => ({
        bias: tf.grad((b) => tf.sum(ops.relu(ops.conv2d(x, filter, { bias: b }))))(offset),
      }),
      { x: ones([2, 64, 64, 3]), filter: ones([1, 1, 3, 256]), bias: ones([256]) },
    );
    expect(new Set(bias)).toEqual(new Set([8192]));
  });

  // As in the heads of a detector, whose filters are used on five levels: 8196 has no bfloat16.
  it('adds the gradients of a filter that is used five times in float32', async () => {
    const { filter } = await run(
      'shared-filter',
      ({ large, small, filter: weights }) => {
        const once = (x: Tensor, w: Tensor): Tensor => tf.sum(ops.relu(ops.conv2d(x, w)));
        const loss = (w: Tensor): Tensor => tf.addN([large, small, small, small, small].map((x) => once(x, w)));
        return { filter: tf.grad(loss)(weights) };
      },
      { large: ones([2, 64, 64, 1]), small: ones([1, 1, 1, 1]), filter: ones([1, 1, 1, 4]) },
    );
    expect(filter).toEqual([8196, 8196, 8196, 8196]);
  });

  it("sums 8192 ones into the gradient of a batch norm's offset, from the batch or frozen", async () => {
    const { trained, frozen } = await run(
      'offsets',
      ({ x, filter, vector }) => {
        const gradient = (isFrozen: boolean): Tensor =>
          tf.grad((offset) => {
            const parameters = { scale: vector, offset, mean: vector, variance: vector };
            return tf.sum(ops.relu(ops.batchNorm(ops.conv2d(x, filter), parameters, { isFrozen }).y));
          })(tf.add(vector, 9));
        return { trained: gradient(false), frozen: gradient(true) };
      },
      { x: alternating([2, 64, 64, 1]), filter: ones([1, 1, 1, 2]), vector: ones([2]) },
    );
    expect(trained).toEqual([8192, 8192]);
    expect(frozen).toEqual([8192, 8192]);
  });

  it('takes the statistics of a batch norm over 8192 positions in float32', async () => {
    const { mean, variance } = await run(
      'statistics',
      ({ x, filter, vector }) => {
        const y = ops.conv2d(x, filter);
        const parameters = { scale: vector, offset: vector, mean: vector, variance: vector };
        const { batchMean, batchVariance } = ops.batchNorm(y, parameters);
        return { mean: batchMean, variance: batchVariance };
      },
      { x: alternating([2, 64, 64, 1]), filter: ones([1, 1, 1, 2]), vector: ones([2]) },
    );
    // Values 1 and 3, as often: mean 2, unbiased variance 8192 / 8191.
    for (const value of mean) expect(value).toBeCloseTo(2, 5);
    for (const value of variance) expect(value).toBeCloseTo(8192 / 8191, 5);
  });

  it('pools in float32', async () => {
    const { global, masked } = await run(
      'pools',
      ({ x, filter, rows }) => {
        const y = ops.conv2d(x, filter);
        return { global: ops.globalAveragePool(y), masked: ops.maskedPool(y, rows) };
      },
      { x: alternating([2, 64, 64, 1]), filter: ones([1, 1, 1, 2]), rows: ones([1, 4096]) },
    );
    for (const value of global) expect(value).toBeCloseTo(2, 6);
    for (const value of masked) expect(value).toBe(8192);
  });

  it('pools the maximum of what a convolution gives, and none of the padding', async () => {
    const { pooled } = await run(
      'maximum',
      ({ x, filter }) => ({ pooled: ops.maxPool2d(ops.conv2d(x, filter), { size: 3, stride: 2, padding: 1 }) }),
      { x: ones([1, 8, 8, 1]), filter: { ...ones([1, 1, 1, 1]), data: Float32Array.of(-2) } },
    );
    expect(pooled).toEqual(new Array(16).fill(-2));
  });

  it('keeps losses and their gradients in float32', async () => {
    const labels: HostTensor = { dtype: 'int32', shape: [1, 4], data: Int32Array.of(-1, 0, -2, 1) };
    const logits: HostTensor = { dtype: 'float32', ...randomValues([1, 4, 2], 'logits', -3, 3) };
    const losses = ({ logits: x, labels: y }: Inputs): Record<string, Tensor> => {
      const loss = (v: Tensor): Tensor => tf.sum(ops.sigmoidFocalLoss(v, y, { alpha: 0.25, gamma: 2 }));
      return { loss: loss(x), gradient: tf.grad(loss)(x) };
    };
    const actual = await run('losses', losses, { logits, labels });
    const expected = tf.tidy(() => {
      const values = losses({
        logits: tf.tensor(logits.data, [1, 4, 2]),
        labels: tf.tensor(labels.data, [1, 4], 'int32'),
      });
      return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Array.from(value.dataSync())]));
    });
    for (const key of ['loss', 'gradient']) {
      expect(actual[key]).toHaveLength(expected[key].length);
      actual[key].forEach((value, index) => expect(value).toBeCloseTo(expected[key][index], 6));
    }
  });

  it('follows float32 through a block of all spatial ops but max pooling within bfloat16 rounding', async () => {
    const inputs: Record<string, HostTensor> = {
      x: { dtype: 'float32', ...randomValues([2, 9, 8, 8], 'x') },
      filter: { dtype: 'float32', ...randomValues([3, 3, 8, 8], 'filter', -0.2, 0.2) },
      vector: { dtype: 'float32', ...randomValues([8], 'vector', 0.5, 1.5) },
    };
    const block = (x: Tensor, filter: Tensor, vector: Tensor): Tensor => {
      const statistics = { scale: vector, offset: vector, mean: vector, variance: vector };
      const first = ops.relu(ops.batchNorm(ops.conv2d(x, filter, { padding: 1 }), statistics).y);
      const second = ops.conv2dFrozenBatchNorm(first, filter, statistics, { padding: 1 });
      const sum = ops.relu(ops.add(first, second));
      const small = ops.conv2d(ops.averagePool2d(sum, { size: 2, stride: 2 }), filter, { padding: 1, bias: vector });
      const large = ops.add(ops.upsampleNearest(small, [9, 8]), ops.groupNorm(sum, vector, vector, { groups: 2 }));
      return ops.globalAveragePool(ops.averagePool2d(large, { size: 2, stride: 2 }));
    };
    const results = ({ x, filter, vector }: Inputs): Record<string, Tensor> => {
      const loss = (...[a, b, c]: Tensor[]): Tensor => tf.sum(tf.square(block(a, b, c)));
      const [dx, dFilter, dVector] = tf.grads(loss)([x, filter, vector]);
      return { y: block(x, filter, vector), dx, dFilter, dVector };
    };
    const actual = await run('block', results, inputs);
    const expected = tf.tidy(() => {
      const tensors = Object.entries(inputs).map(
        ([key, { data, shape }]) => [key, tf.tensor(data, [...shape])] as const,
      );
      const values = results(Object.fromEntries(tensors));
      return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Array.from(value.dataSync())]));
    });
    for (const [key, values] of Object.entries(expected)) {
      const norm = (list: number[]): number => Math.hypot(...list);
      const difference = norm(values.map((value, index) => value - actual[key][index]));
      // bfloat16 has 8 bits: each of a dozen roundings adds up to 0.4 %, and a ReLU near 0 may flip.
      // Max pooling is left out: a rounded tie sends the whole gradient to another cell.
      expect(difference / norm(values)).toBeLessThan(0.06);
      expect(difference).toBeGreaterThan(0);
    }
  });
});

function alternating(shape: number[]): HostTensor {
  const { data } = ones(shape);
  return { dtype: 'float32', shape, data: Float32Array.from(data, (_, index) => (index % 2 === 0 ? 1 : 3)) };
}
