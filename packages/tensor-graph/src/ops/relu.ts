import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { rawOp, type } from '../raw-op';
import { differentiableOne } from './differentiable';

/**
 * max(x, 0), elementwise, any shape. Its gradient looks at the output, so that the input need not be kept.
 */
export function relu(x: Tensor): Tensor {
  const attributes = { T: type('float32') };
  return differentiableOne({
    inputs: [x],
    forward: (save) => {
      const y = rawOp('Relu', [x], attributes);
      save([y]);
      return y;
    },
    backward: ([dy], [y]) => [() => rawOp('ReluGrad', [dy, y], attributes)],
  });
}
