import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { ShapeError } from '@featuremine/errors';
import { bool, rawOp, type } from '../raw-op';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/**
 * Sums of x [N, H, W, C] over its positions with M sets of weights, rows [M, H·W] → [N, M, C]: one matrix product an
 * image, of which no masked copy of x is made. With rows mask / HW and (1 − mask) / HW it is the pooling of Feature
 * Mining's two parts, whose sum is the global average. Float32 in a bfloat16 model too. Rows get no gradient.
 *
 * @throws ShapeError when a row has not one weight for each position
 */
export function maskedPool(x: Tensor, rows: Tensor): Tensor {
  const [n, height, width, channels] = x.shape;
  if (rows.rank !== 2 || rows.shape[1] !== height * width) {
    throw new ShapeError({
      where: 'maskedPool',
      found: `rows of shape [${rows.shape.join(', ')}] for a map of ${height}x${width}`,
      expected: `[M, ${height * width}]`,
      fix: 'Make the mask at the size of the map that it pools',
    });
  }
  return differentiableOne({
    inputs: [x],
    isFloat32: true,
    forward: (save) => {
      save([rows]);
      return batchMatMul(rows, tf.reshape(x, [n, height * width, channels]), false);
    },
    backward: ([dy], [savedRows]) => [() => tf.reshape(batchMatMul(savedRows, dy, true), x.shape)],
  });
}

function batchMatMul(a: Tensor, b: Tensor, isFirstTransposed: boolean): Tensor {
  return rawOp('BatchMatMulV2', [a, b], { T: type('float32'), adj_x: bool(isFirstTransposed), adj_y: bool(false) });
}
