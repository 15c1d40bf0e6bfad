import { add, relu, tf } from '@featuremine/tensor-graph';
import type { Layer } from '../layers';

/** Adds what a branch makes of its input to what the shortcut (the input itself, if absent) makes of it. */
export function residual(branch: Layer, shortcut?: Layer): Layer {
  return {
    variables: [...branch.variables, ...(shortcut?.variables ?? [])],
    apply: (step, x) => add(branch.apply(step, x), shortcut ? shortcut.apply(step, x) : x),
  };
}

/** `residual`, and a ReLU after the sum. */
export function residualThenRelu(branch: Layer, shortcut?: Layer): Layer {
  const sum = residual(branch, shortcut);
  return { variables: sum.variables, apply: (step, x) => relu(sum.apply(step, x)) };
}

/**
 * Every second pixel in both directions, starting with the first: [N, H, W, C] to [N, ⌈H/2⌉, ⌈W/2⌉, C].
 *
 * Written as reshape and slice, so that the gradient is a padding and nothing is computed.
 */
export function everySecondPixel(x: tf.Tensor): tf.Tensor {
  const [count, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const isEven = height % 2 === 0 && width % 2 === 0;
  const even = isEven ? x : tf.pad(x, [[0, 0], [0, height % 2], [0, width % 2], [0, 0]]); // prettier-ignore
  const pairs = tf.reshape(even, [count * rows, 2, columns, 2 * channels]);
  return tf.reshape(tf.slice(pairs, [0, 0, 0, 0], [-1, 1, -1, channels]), [count, rows, columns, channels]);
}

/** Adds channels of zeros in front and behind. */
export function padChannels(x: tf.Tensor, before: number, after: number): tf.Tensor {
  return before + after === 0 ? x : tf.pad(x, [[0, 0], [0, 0], [0, 0], [before, after]]); // prettier-ignore
}
