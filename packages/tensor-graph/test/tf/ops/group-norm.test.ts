import { ShapeError } from '@featuremine/errors';
import { groupNorm, type GroupNormOptions } from '../../../src/ops/group-norm';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';
import { deviationFromPyTorch } from './fixtures';

const inputs = [
  randomValues([2, 3, 2, 4], 'x', -2, 3),
  randomValues([4], 'scale', 0.5, 1.5),
  randomValues([4], 'offset'),
];

describe('groupNorm', () => {
  it('equals PyTorch in output and gradients', () => {
    const deviation = deviationFromPyTorch<GroupNormOptions>(
      'group-norm/4 groups',
      ({ x, scale, offset }, _, options) => groupNorm(x, scale, offset, options),
    );
    expect(deviation).toBeLessThan(1e-5);
  });

  it('has the gradients of its finite differences', () => {
    expect(gradientDeviation((x, scale, offset) => groupNorm(x, scale, offset, { groups: 2 }), inputs)).toBeLessThan(
      2e-3,
    );
  });

  it('keeps its digits when the mean is far from zero', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1000, 1001, 1002, 1003], [1, 2, 2, 1]);
      const y = groupNorm(x, tf.ones([1]), tf.zeros([1]), { groups: 1 }).dataSync<'float32'>();
      // The deviations from the mean are ±0.5 and ±1.5, the standard deviation √(1.25 + epsilon).
      expect(y[3]).toBeCloseTo(1.5 / Math.sqrt(1.25 + 1e-5), 5);
    });
  });

  it('leaves no tensors behind', () => {
    expect(leakedTensors((x, scale, offset) => groupNorm(x, scale, offset, { groups: 2 }), inputs)).toBe(0);
  });

  it('refuses channels that do not divide into the groups', () => {
    expect(() => groupNorm(tf.zeros([1, 1, 1, 6]), tf.ones([6]), tf.zeros([6]), { groups: 4 })).toThrow(ShapeError);
  });
});
