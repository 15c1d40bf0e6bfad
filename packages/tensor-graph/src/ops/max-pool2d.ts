import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { int, rawOp, string, type, type Attributes } from '../raw-op';
import { differentiableOne } from './differentiable';
import { cropSpatially, padSpatially, paddingMode } from './spatial-padding';

/** Options of `maxPool2d`. */
export interface MaxPool2dOptions {
  /** Height and width of the window. */
  readonly size: number;
  readonly stride: number;
  /** Cells on each of the four sides that never are the maximum, 0 by default. */
  readonly padding?: number;
}

/**
 * Maximum over windows of x [N, H, W, C], with PyTorch's padding → [N, H', W', C] with
 * H' = ⌊(H + 2·padding − size) / stride⌋ + 1. A window's gradient goes to its first maximum.
 */
export function maxPool2d(x: Tensor, { size, stride, padding = 0 }: MaxPool2dOptions): Tensor {
  const mode = paddingMode(x.shape, { height: size, width: size, stride, padding });
  const isPadded = mode === 'PAD';
  const attributes: Attributes = {
    T: type('float32'),
    ksize: int([1, size, size, 1]),
    strides: int([1, stride, stride, 1]),
    padding: string(isPadded ? 'VALID' : mode),
    data_format: string('NHWC'),
  };
  return differentiableOne({
    inputs: [x],
    forward: (save) => {
      const input = isPadded ? padSpatially(x, padding, LOWEST) : x;
      const y = rawOp('MaxPool', [input], attributes);
      save([input, y]);
      return y;
    },
    backward: ([dy], [input, y]) => [
      () => {
        const dInput = rawOp('MaxPoolGrad', [input, y, dy], attributes);
        return isPadded ? cropSpatially(dInput, padding, x.shape) : dInput;
      },
    ],
  });
}

/** Below all activations, and finite in bfloat16 as well. */
const LOWEST = -3e38;
