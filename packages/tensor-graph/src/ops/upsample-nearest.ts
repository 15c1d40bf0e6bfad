import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { bool, rawOp, type } from '../raw-op';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/**
 * x [N, H, W, C] at the size [height, width], each cell taking the value at ⌊position · H / height⌋: PyTorch's
 * `interpolate(mode='nearest')`. The gradient sums what each input cell was copied to.
 */
export function upsampleNearest(x: Tensor, [height, width]: readonly [number, number]): Tensor {
  const attributes = { T: type('float32'), align_corners: bool(false), half_pixel_centers: bool(false) };
  const [, inputHeight, inputWidth] = x.shape;
  return differentiableOne({
    inputs: [x],
    forward: () => rawOp('ResizeNearestNeighbor', [x, tf.tensor1d([height, width], 'int32')], attributes),
    backward: ([dy]) => [
      () => rawOp('ResizeNearestNeighborGrad', [dy, tf.tensor1d([inputHeight, inputWidth], 'int32')], attributes),
    ],
  });
}
