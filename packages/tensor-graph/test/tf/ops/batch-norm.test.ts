import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { batchNorm, type BatchNormOptions } from '../../../src/ops/batch-norm';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues, type Values } from './finite-differences';
import { deviation, deviationFromPyTorch, fromStored, storedCase } from './fixtures';

const inputs: Values[] = [
  randomValues([2, 3, 4, 3], 'x', -2, 3),
  randomValues([3], 'scale', 0.5, 1.5),
  randomValues([3], 'offset'),
];

function normalize(isFrozen: boolean): (...tensors: Tensor[]) => Tensor {
  return (x, scale, offset) => {
    const [mean, variance] = [tf.tensor1d([0.1, 0.2, 0.3]), tf.tensor1d([0.8, 1, 1.2])];
    const { y } = batchNorm(x, { scale: scale, offset: offset, mean, variance }, { isFrozen });
    return y;
  };
}

describe('batchNorm', () => {
  it.each(['batch-norm/training', 'batch-norm/frozen'])('equals PyTorch in output and gradients: %s', (name) => {
    const worst = deviationFromPyTorch<BatchNormOptions>(name, ({ x, scale, offset }, { mean, variance }, options) => {
      return batchNorm(x, { scale, offset, mean, variance }, options).y;
    });
    expect(worst).toBeLessThan(1e-5);
  });

  it("gives the statistics that PyTorch's running ones take: momentum 0.1, unbiased variance", () => {
    const stored = storedCase('batch-norm/training');
    const [mean, variance] = tf.tidy(() => {
      const tensor = (key: string): Tensor => fromStored({ ...stored.inputs, ...stored.fixed }[key]);
      const running = { mean: tensor('mean'), variance: tensor('variance') };
      const parameters = { scale: tensor('scale'), offset: tensor('offset'), ...running };
      const { batchMean, batchVariance } = batchNorm(tensor('x'), parameters);
      const update = (old: Tensor, batch: Tensor): Float32Array =>
        tf.add(tf.mul(old, 0.9), tf.mul(batch, 0.1)).dataSync() as Float32Array;
      return [update(running.mean, batchMean), update(running.variance, batchVariance)];
    });
    expect(deviation(mean, stored.running!['mean'])).toBeLessThan(1e-6);
    expect(deviation(variance, stored.running!['variance'])).toBeLessThan(1e-6);
  });

  it('has the gradients of its finite differences, through the statistics and with fixed ones', () => {
    expect(gradientDeviation(normalize(false), inputs)).toBeLessThan(2e-3);
    expect(gradientDeviation(normalize(true), inputs)).toBeLessThan(2e-3);
  });

  it('repeats the running statistics when frozen', () => {
    tf.tidy(() => {
      const [mean, variance] = [tf.zeros([1]), tf.ones([1])];
      const parameters = { scale: tf.ones([1]), offset: tf.zeros([1]), mean, variance };
      const result = batchNorm(tf.ones([1, 1, 1, 1]), parameters, { isFrozen: true });
      expect(result.batchMean).toBe(mean);
      expect(result.batchVariance).toBe(variance);
    });
  });

  it.each([false, true])('leaves no tensors behind (frozen: %s)', (isFrozen) => {
    const [mean, variance] = [tf.zeros([3]), tf.ones([3])];
    const normalized = (x: Tensor, scale: Tensor, offset: Tensor): Tensor => {
      const { y, batchMean, batchVariance } = batchNorm(x, { scale, offset, mean, variance }, { isFrozen });
      if (!isFrozen) tf.dispose([batchMean, batchVariance]);
      return y;
    };
    expect(leakedTensors(normalized, inputs)).toBe(0);
    tf.dispose([mean, variance]);
  });
});
