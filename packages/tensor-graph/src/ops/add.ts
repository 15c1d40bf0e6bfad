import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { ShapeError } from '@featuremine/errors';
import { rawOp, type } from '../raw-op';
import { differentiableOne } from './differentiable';

/**
 * x + y of one shape, without broadcasting: the residual sum. Its gradient is the output's, handed on without an op.
 *
 * @throws ShapeError when the shapes differ
 */
export function add(x: Tensor, y: Tensor): Tensor {
  if (x.shape.join() !== y.shape.join()) {
    throw new ShapeError({
      where: 'add',
      found: `tensors of shape [${x.shape.join(', ')}] and [${y.shape.join(', ')}]`,
      expected: 'equal shapes',
      fix: 'Bring both to one size first',
    });
  }
  return differentiableOne({
    inputs: [x, y],
    forward: () => rawOp('AddV2', [x, y], { T: type('float32') }),
    // A clone is a second handle of the same values: tfjs disposes each gradient on its own.
    backward: ([dy]) => [() => dy.clone(), () => dy.clone()],
  });
}
