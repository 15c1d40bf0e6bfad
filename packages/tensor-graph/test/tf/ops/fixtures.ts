import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { tf } from '../../../src/tensorflow';

interface StoredArray {
  readonly shape: number[];
  readonly data: number[];
}

interface StoredCase {
  readonly options: Record<string, unknown>;
  readonly inputs: Record<string, StoredArray>;
  readonly fixed: Record<string, StoredArray>;
  readonly output: StoredArray;
  readonly projection: StoredArray;
  readonly gradients: Record<string, StoredArray>;
  readonly running?: Record<string, StoredArray>;
}

/** PyTorch's answers, made by scripts/fixtures/ops-fixtures.py; the file names the versions. */
const stored = JSON.parse(readFileSync(join(__dirname, '../../fixtures/ops.json'), 'utf8')) as {
  readonly cases: Record<string, StoredCase>;
};

/** The names of the cases of an op: those that begin with `op/`, or are `op`. */
export const casesOf = (op: string): string[] =>
  Object.keys(stored.cases).filter((name) => name === op || name.startsWith(`${op}/`));

export const storedCase = (name: string): StoredCase => stored.cases[name];

export const fromStored = ({ shape, data }: StoredArray, dtype: 'float32' | 'int32' = 'float32'): Tensor =>
  tf.tensor(data, shape, dtype);

/** max|a − b| / max|b|. */
export function deviation(actual: ArrayLike<number>, { data }: Pick<StoredArray, 'data'>): number {
  if (actual.length !== data.length) return Infinity;
  let difference = 0;
  let largest = 1e-12;
  data.forEach((value, index) => {
    difference = Math.max(difference, Math.abs(value - actual[index]));
    largest = Math.max(largest, Math.abs(value));
  });
  return difference / largest;
}

/**
 * The largest deviation of output and gradients from PyTorch's, each relative to its largest value. Sums of some
 * hundred float32 products in another order differ by about 1e-6.
 */
export function deviationFromPyTorch<Options>(
  name: string,
  fn: (inputs: Record<string, Tensor>, fixed: Record<string, Tensor>, options: Options) => Tensor,
  integers: readonly string[] = [],
): number {
  const { options, inputs, fixed, output, projection, gradients } = storedCase(name);
  const keys = Object.keys(inputs);
  return tf.tidy(() => {
    const constants = Object.fromEntries(
      Object.entries(fixed).map(([key, value]) => [
        key,
        fromStored(value, integers.includes(key) ? 'int32' : 'float32'),
      ]),
    );
    const tensors = keys.map((key) => fromStored(inputs[key]));
    const run = (...xs: Tensor[]): Tensor =>
      fn(Object.fromEntries(xs.map((x, index) => [keys[index], x])), constants, options as Options);
    const y = run(...tensors);
    if (y.shape.join() !== output.shape.join()) return Infinity;
    const grads = tf.grads((...xs: Tensor[]) => tf.sum(tf.mul(run(...xs), fromStored(projection))))(tensors);
    const deviations = grads.map((gradient, index) => deviation(gradient.dataSync(), gradients[keys[index]]));
    return Math.max(deviation(y.dataSync(), output), ...deviations);
  });
}
