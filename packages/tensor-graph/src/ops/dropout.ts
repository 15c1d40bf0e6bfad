import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { rawOp, type } from '../raw-op';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/**
 * Sets elements of x to zero with probability `rate` and divides the others by 1 − rate; any shape.
 *
 * What is dropped follows from seed (int32 [2]) alone, so that a resumed run drops the same: the seed must be an input of
 * the step, other in each step and for each layer.
 */
export function dropout(x: Tensor, seed: Tensor, { rate }: { readonly rate: number }): Tensor {
  if (rate === 0) return x.clone();
  return differentiableOne({
    inputs: [x],
    forward: (save) => {
      const shape = tf.tensor1d(x.shape, 'int32');
      const attributes = { dtype: type('float32'), T: type('int32'), Tseed: type('int32') };
      const draws = rawOp('StatelessRandomUniform', [shape, seed], attributes);
      const factors = tf.mul(tf.cast(tf.greaterEqual(draws, rate), 'float32'), 1 / (1 - rate));
      save([factors]);
      return tf.mul(x, factors);
    },
    backward: ([dy], [factors]) => [() => tf.mul(dy, factors)],
  });
}
