import { ShapeError } from '@featuremine/errors';
import { conv2d, type Conv2dOptions } from '../../../src/ops/conv2d';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';
import { casesOf, deviationFromPyTorch } from './fixtures';

describe('conv2d', () => {
  it.each(casesOf('conv2d'))('equals PyTorch in output and gradients: %s', (name) => {
    const deviation = deviationFromPyTorch<Conv2dOptions>(name, ({ x, filter, bias }, _, options) =>
      conv2d(x, filter, { ...options, bias }),
    );
    expect(deviation).toBeLessThan(1e-5);
  });

  it('has the gradients of its finite differences', () => {
    const inputs = [randomValues([2, 5, 4, 2], 'x'), randomValues([3, 3, 2, 2], 'filter'), randomValues([2], 'bias')];
    const deviation = gradientDeviation(
      (x, filter, bias) => conv2d(x, filter, { stride: 2, padding: 1, bias }),
      inputs,
    );
    expect(deviation).toBeLessThan(2e-3);
  });

  it('computes only the gradients that are asked for', () => {
    const x = tf.ones([1, 4, 4, 2]);
    const filter = tf.ones([3, 3, 2, 3]);
    const [dFilter] = tf.grads((f) => tf.sum(conv2d(x, f, { padding: 1 })))([filter]);
    // Each of the 16 outputs sees the centre weight of each channel once.
    expect(dFilter.dataSync()[4 * 6]).toBe(16);
    tf.dispose([x, filter, dFilter]);
  });

  it('leaves no tensors behind', () => {
    const inputs = [randomValues([1, 6, 6, 2], 'x'), randomValues([3, 3, 2, 2], 'filter'), randomValues([2], 'bias')];
    expect(leakedTensors((x, f, bias) => conv2d(x, f, { stride: 2, padding: 1, bias }), inputs)).toBe(0);
  });

  it('refuses channels that do not fit', () => {
    expect(() => tf.tidy(() => conv2d(tf.zeros([1, 4, 4, 2]), tf.zeros([3, 3, 3, 8])))).toThrow(ShapeError);
  });

  it('refuses an image smaller than the window', () => {
    expect(() => tf.tidy(() => conv2d(tf.zeros([1, 2, 2, 3]), tf.zeros([7, 7, 3, 8]), { padding: 1 }))).toThrow(
      /conv2d: an input \[1, 2, 2, 3\]/,
    );
  });
});
