import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { int, rawOp, string, type, type Attributes } from '../raw-op';
import { float32Scope } from '../precision-scope';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/** Options of `averagePool2d`. */
export interface AveragePool2dOptions {
  /** Height and width of the window. */
  readonly size: number;
  readonly stride: number;
}

/**
 * Mean over windows of x [N, H, W, C], without padding → [N, H', W', C] with H' = ⌊(H − size) / stride⌋ + 1.
 *
 * The gradient stays float32 in a bfloat16 model: TensorFlow's bfloat16 AvgPoolGrad is very slow on a CPU.
 */
export function averagePool2d(x: Tensor, { size, stride }: AveragePool2dOptions): Tensor {
  const attributes: Attributes = {
    T: type('float32'),
    ksize: int([1, size, size, 1]),
    strides: int([1, stride, stride, 1]),
    padding: string('VALID'),
    data_format: string('NHWC'),
  };
  return differentiableOne({
    inputs: [x],
    forward: () => rawOp('AvgPool', [x], attributes),
    backward: ([dy]) => [
      () => float32Scope(() => rawOp('AvgPoolGrad', [tf.tensor1d(x.shape, 'int32'), dy], attributes)),
    ],
  });
}
