import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { Random } from '@featuremine/random';
import { tf } from '../../../src/tensorflow';

export type Values = { readonly shape: number[]; readonly data: Float32Array };

/** Values of a fixed random stream, uniform in [low, high). */
export function randomValues(shape: number[], seed: string, low = -1, high = 1): Values {
  const random = Random.of(1, seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, () => random.uniform(low, high)) };
}

export const toTensor = ({ shape, data }: Values): Tensor => tf.tensor(data, shape, 'float32');

/**
 * Compares the gradient of Σ w·y (w random, fixed) by each input with central differences, and returns the largest
 * deviation relative to the largest gradient of that input.
 *
 * The sum is taken in float64 from float32 outputs: with a step of 1e-2 their rounding of 6e-8 gives about 1e-5, the
 * third derivative about 1e-4, so that a deviation of up to 2e-3 is agreement and a wrong formula is far above it.
 */
export function gradientDeviation(fn: (...inputs: Tensor[]) => Tensor, inputs: readonly Values[], step = 1e-2): number {
  const outputShape = tf.tidy(() => fn(...inputs.map(toTensor)).shape);
  const weights = randomValues(outputShape, 'projection');
  const project = (values: readonly Values[]): number => {
    const y = tf.tidy(() => fn(...values.map(toTensor)).dataSync());
    let sum = 0;
    for (let index = 0; index < y.length; index++) sum += y[index] * weights.data[index];
    return sum;
  };
  const tensors = inputs.map(toTensor);
  const gradients = tf.tidy(() =>
    tf
      .grads((...xs: Tensor[]) => tf.sum(tf.mul(fn(...xs), toTensor(weights))))(tensors)
      .map((g) => g.dataSync<'float32'>()),
  );
  tf.dispose(tensors);
  let worst = 0;
  inputs.forEach((input, which) => {
    const largest = gradients[which].reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
    for (let index = 0; index < input.data.length; index++) {
      const sides = [step, -step].map((shift) => {
        const data = input.data.slice();
        data[index] += shift;
        return {
          loss: project(inputs.map((other, k) => (k === which ? { ...input, data } : other))),
          at: data[index],
        };
      });
      const numeric = (sides[0].loss - sides[1].loss) / (sides[0].at - sides[1].at);
      worst = Math.max(worst, Math.abs(numeric - gradients[which][index]) / largest);
    }
  });
  return worst;
}

/** The tensors that `fn` leaves behind beside its result, in plain use and inside a gradient. */
export function leakedTensors(fn: (...inputs: Tensor[]) => Tensor, inputs: readonly Values[]): number {
  const tensors = inputs.map(toTensor);
  const before = tf.memory().numTensors;
  fn(...tensors).dispose();
  const plain = tf.memory().numTensors - before;
  tf.dispose(tf.grads((...xs: Tensor[]) => tf.sum(fn(...xs)))(tensors));
  const leaked = Math.max(plain, tf.memory().numTensors - before);
  tf.dispose(tensors);
  return leaked;
}
