import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { ShapeError } from '@featuremine/errors';
import { float32Scope } from '../precision-scope';
import { int, rawOp, string, type, type Attributes } from '../raw-op';
import { tf } from '../tensorflow';
import { conv2dFilterGradient } from './conv2d-filter-gradient';
import { differentiableOne } from './differentiable';
import { cropSpatially, padSpatially, paddedShape, paddingMode } from './spatial-padding';

/** Options of `conv2d`. */
export interface Conv2dOptions {
  /** Step of the window in both directions, 1 by default. */
  readonly stride?: number;
  /** Zeros on each of the four sides, as PyTorch counts them, 0 by default. */
  readonly padding?: number;
  /** [O], added to each output channel. */
  readonly bias?: Tensor | undefined;
}

/**
 * Two-dimensional convolution with PyTorch's padding: x [N, H, W, C], filter [kh, kw, C, O] → [N, H', W', O] with
 * H' = ⌊(H + 2·padding − kh) / stride⌋ + 1.
 *
 * @throws ShapeError when the channels of x and filter differ, or the window is larger than the padded input
 */
export function conv2d(x: Tensor, filter: Tensor, { stride = 1, padding = 0, bias }: Conv2dOptions = {}): Tensor {
  checkShapes(x, filter, padding);
  const [height, width] = filter.shape as [number, number];
  const mode = paddingMode(x.shape, { height, width, stride, padding });
  const isPadded = mode === 'PAD';
  const attributes: Attributes = {
    T: type('float32'),
    strides: int([1, stride, stride, 1]),
    padding: string(isPadded ? 'VALID' : mode),
    data_format: string('NHWC'),
    dilations: int([1, 1, 1, 1]),
  };
  return differentiableOne({
    inputs: bias === undefined ? [x, filter] : [x, filter, bias],
    forward: (save) => {
      const input = isPadded ? padSpatially(x, padding) : x;
      save([input, filter]);
      const y = rawOp('Conv2D', [input, filter], attributes);
      return bias === undefined ? y : rawOp('BiasAdd', [y, bias], { T: type('float32'), data_format: string('NHWC') });
    },
    backward: ([dy], [input, savedFilter]) => [
      () => {
        const shape = tf.tensor1d(isPadded ? paddedShape(x.shape, padding) : x.shape, 'int32');
        const dInput = rawOp('Conv2DBackpropInput', [shape, savedFilter, dy], attributes);
        return isPadded ? cropSpatially(dInput, padding, x.shape) : dInput;
      },
      () => {
        return conv2dFilterGradient(input, dy, { stride, filterShape: savedFilter.shape, attributes });
      },
      // In bfloat16 TensorFlow's CPU kernel adds up in bfloat16: a sum of ones stops at 256.
      () => float32Scope(() => rawOp('BiasAddGrad', [dy], { T: type('float32'), data_format: string('NHWC') })),
    ],
  });
}

function checkShapes(x: Tensor, filter: Tensor, padding: number): void {
  const [, height, width, channels] = x.shape;
  const [windowHeight, windowWidth, filterChannels] = filter.shape;
  const isFitting =
    x.rank === 4 &&
    filter.rank === 4 &&
    channels === filterChannels &&
    height + 2 * padding >= windowHeight &&
    width + 2 * padding >= windowWidth;
  if (!isFitting) {
    throw new ShapeError({
      where: 'conv2d',
      found: `an input [${x.shape.join(', ')}] and a filter [${filter.shape.join(', ')}] with padding ${padding}`,
      expected: '[N, H, W, C] and [kh, kw, C, O], kh and kw at most the padded height and width',
      fix: 'Give arrays in NHWC and HWIO order, and images that are not too small for the network',
    });
  }
}
