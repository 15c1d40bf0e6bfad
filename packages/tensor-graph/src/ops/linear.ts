import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { bool, rawOp, string, type } from '../raw-op';
import { differentiableOne } from './differentiable';

/** x [N, I] times weight [I, O], plus bias [O] if there is one → [N, O]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  return differentiableOne({
    inputs: bias === undefined ? [x, weight] : [x, weight, bias],
    forward: (save) => {
      save([x, weight]);
      const y = matMul(x, weight);
      return bias === undefined ? y : rawOp('BiasAdd', [y, bias], { T: type('float32'), data_format: string('NHWC') });
    },
    backward: ([dy], [savedX, savedWeight]) => [
      () => matMul(dy, savedWeight, { isSecondTransposed: true }),
      () => matMul(savedX, dy, { isFirstTransposed: true }),
      () => rawOp('BiasAddGrad', [dy], { T: type('float32'), data_format: string('NHWC') }),
    ],
  });
}

function matMul(
  a: Tensor,
  b: Tensor,
  {
    isFirstTransposed = false,
    isSecondTransposed = false,
  }: { isFirstTransposed?: boolean; isSecondTransposed?: boolean } = {},
): Tensor {
  const attributes = {
    T: type('float32'),
    transpose_a: bool(isFirstTransposed),
    transpose_b: bool(isSecondTransposed),
  };
  return rawOp('MatMul', [a, b], attributes);
}
