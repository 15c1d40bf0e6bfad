import { ShapeError } from '@featuremine/errors';
import { add } from '../../../src/ops/add';
import { normalizeImages } from '../../../src/ops/normalize-images';
import { relu } from '../../../src/ops/relu';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';

const x = randomValues([2, 3, 3, 2], 'x');
const y = randomValues([2, 3, 3, 2], 'y');

describe('relu', () => {
  it('keeps what is positive and passes the gradient there only', () => {
    const [values, gradient] = tf.tidy(() => {
      const input = tf.tensor1d([-2, -1, 0, 3]);
      return [
        relu(input).arraySync(),
        tf
          .grad((v) => tf.sum(relu(v)))(input)
          .arraySync(),
      ];
    });
    expect(values).toEqual([0, 0, 0, 3]);
    expect(gradient).toEqual([0, 0, 0, 1]);
  });

  it('leaves no tensors behind', () => expect(leakedTensors((v) => relu(v), [x])).toBe(0));
});

describe('add', () => {
  it('gives both summands the gradient, also when they are one tensor', () => {
    expect(gradientDeviation((a, b) => add(a, b), [x, y])).toBeLessThan(2e-3);
    expect(gradientDeviation((a) => add(a, a), [x])).toBeLessThan(2e-3);
  });

  it('leaves no tensors behind', () => expect(leakedTensors((a, b) => add(a, b), [x, y])).toBe(0));

  it('refuses to broadcast', () => {
    expect(() => tf.tidy(() => add(tf.zeros([2, 3]), tf.zeros([3])))).toThrow(ShapeError);
  });
});

describe('normalizeImages', () => {
  it('gives zero for the mean and one for a deviation above it', () => {
    const values = tf.tidy(() =>
      normalizeImages(tf.tensor4d([127.5, 0, 255], [1, 1, 1, 3]), [0.5, 0.25, 0.5], [0.2, 0.25, 0.5]).dataSync(),
    );
    expect(values[0]).toBeCloseTo(0, 6);
    expect(values[1]).toBeCloseTo(-1, 6);
    expect(values[2]).toBeCloseTo(1, 6);
  });
});
