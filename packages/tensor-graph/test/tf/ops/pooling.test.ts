import { averagePool2d, type AveragePool2dOptions } from '../../../src/ops/average-pool2d';
import { globalAveragePool } from '../../../src/ops/global-average-pool';
import { maskedPool } from '../../../src/ops/masked-pool';
import { maxPool2d, type MaxPool2dOptions } from '../../../src/ops/max-pool2d';
import { upsampleNearest } from '../../../src/ops/upsample-nearest';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues, toTensor } from './finite-differences';
import { casesOf, deviation, deviationFromPyTorch } from './fixtures';

const x = randomValues([2, 4, 6, 3], 'x');

describe('maxPool2d', () => {
  it.each(casesOf('max-pool2d'))('equals PyTorch in output and gradients: %s', (name) => {
    expect(deviationFromPyTorch<MaxPool2dOptions>(name, ({ x }, _, options) => maxPool2d(x, options))).toBeLessThan(
      1e-6,
    );
  });

  it('never gives the padding, however low the values', () => {
    const lowest = tf.tidy(() => maxPool2d(tf.fill([1, 4, 4, 1], -1e30), { size: 3, stride: 2, padding: 1 }).min());
    expect(lowest.dataSync<'float32'>()[0]).toBe(Math.fround(-1e30));
    lowest.dispose();
  });

  it('leaves no tensors behind', () => {
    expect(leakedTensors((v) => maxPool2d(v, { size: 3, stride: 2, padding: 1 }), [x])).toBe(0);
  });
});

describe('averagePool2d', () => {
  it.each(casesOf('average-pool2d'))('equals PyTorch in output and gradients: %s', (name) => {
    expect(
      deviationFromPyTorch<AveragePool2dOptions>(name, ({ x }, _, options) => averagePool2d(x, options)),
    ).toBeLessThan(1e-6);
  });

  it('leaves no tensors behind', () => {
    expect(leakedTensors((v) => averagePool2d(v, { size: 2, stride: 2 }), [x])).toBe(0);
  });
});

describe('upsampleNearest', () => {
  it.each(casesOf('upsample-nearest'))('equals PyTorch in output and gradients: %s', (name) => {
    const worst = deviationFromPyTorch<{ size: [number, number] }>(name, ({ x }, _, { size }) =>
      upsampleNearest(x, size),
    );
    expect(worst).toBeLessThan(1e-6);
  });

  it('leaves no tensors behind', () => expect(leakedTensors((v) => upsampleNearest(v, [8, 11]), [x])).toBe(0));
});

describe('globalAveragePool', () => {
  it('has the gradient of its finite differences', () => {
    expect(gradientDeviation((v) => globalAveragePool(v), [x])).toBeLessThan(2e-3);
  });

  it('leaves no tensors behind', () => expect(leakedTensors((v) => globalAveragePool(v), [x])).toBe(0));
});

describe('maskedPool', () => {
  const mask = Float32Array.from({ length: 24 }, (_, position) => (position % 5 < 2 ? 1 : 0));
  const rows = (): ReturnType<typeof toTensor> =>
    tf.stack([tf.mul(tf.tensor1d(mask), 1 / 24), tf.mul(tf.sub(1, tf.tensor1d(mask)), 1 / 24)]);

  it('equals the averages of the map with one part masked out, whose sum is the global average', () => {
    tf.tidy(() => {
      const map = toTensor(x);
      const kept = tf.reshape(tf.tensor1d(mask), [1, 4, 6, 1]);
      const direct = tf.stack(
        [tf.mul(map, kept), tf.mul(map, tf.sub(1, kept))].map((part) => tf.mean(part, [1, 2])),
        1,
      );
      const pooled = maskedPool(map, rows());
      const stored = (tensor: typeof pooled): { data: number[] } => ({ data: [...tensor.dataSync<'float32'>()] });
      expect(pooled.shape).toEqual([2, 2, 3]);
      expect(deviation(pooled.dataSync<'float32'>(), stored(direct))).toBeLessThan(1e-6);
      expect(deviation(tf.sum(pooled, 1).dataSync<'float32'>(), stored(globalAveragePool(map)))).toBeLessThan(1e-6);
    });
  });

  it('has the gradient of its finite differences', () => {
    expect(gradientDeviation((v) => maskedPool(v, rows()), [x])).toBeLessThan(2e-3);
  });

  it('leaves no tensors behind', () => {
    const fixed = tf.tidy(rows);
    expect(leakedTensors((v) => maskedPool(v, fixed), [x])).toBe(0);
    fixed.dispose();
  });

  it('refuses rows of another map', () => {
    expect(() => tf.tidy(() => maskedPool(tf.zeros([1, 2, 2, 1]), tf.zeros([2, 9])))).toThrow(/expected \[M, 4\]/);
  });
});
