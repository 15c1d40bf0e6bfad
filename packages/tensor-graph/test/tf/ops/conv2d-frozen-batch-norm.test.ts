import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { conv2d } from '../../../src/ops/conv2d';
import { conv2dFrozenBatchNorm } from '../../../src/ops/conv2d-frozen-batch-norm';
import { frozenBatchNorm } from '../../../src/ops/frozen-batch-norm';
import { tf } from '../../../src/tensorflow';
import { leakedTensors, randomValues, toTensor } from './finite-differences';
import { deviation } from './fixtures';

const vectors = ['scale', 'offset', 'mean', 'variance'].map((name) => randomValues([4], name, 0.5, 1.5));
const inputs = [randomValues([2, 6, 5, 3], 'x'), randomValues([3, 3, 3, 4], 'filter'), ...vectors];
const options = { stride: 2, padding: 1 };

const folded = ([x, filter, scale, offset, mean, variance]: Tensor[]): Tensor =>
  conv2dFrozenBatchNorm(x, filter, { scale, offset, mean, variance }, options);
const apart = ([x, filter, scale, offset, mean, variance]: Tensor[]): Tensor =>
  frozenBatchNorm(conv2d(x, filter, options), { scale, offset, mean, variance });

describe('conv2dFrozenBatchNorm', () => {
  it('equals convolution and frozen batch norm in output and in the gradients of x, filter, scale and offset', () => {
    tf.tidy(() => {
      const tensors = inputs.map(toTensor);
      const run = (fn: (tensors: Tensor[]) => Tensor): Float32Array[] => {
        const loss = (...xs: Tensor[]): Tensor => tf.sum(tf.square(fn([...xs, ...tensors.slice(4)])));
        return [fn(tensors), ...tf.grads(loss)(tensors.slice(0, 4))].map((tensor) => tensor.dataSync<'float32'>());
      };
      const expected = run(apart);
      run(folded).forEach((values, index) => {
        expect(deviation(values, { data: [...expected[index]] })).toBeLessThan(1e-5);
      });
    });
  });

  it('leaves no tensors behind', () => expect(leakedTensors((...tensors) => folded(tensors), inputs)).toBe(0));
});
