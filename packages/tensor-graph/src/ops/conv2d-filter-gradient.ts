import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { recordedFor } from '../precision-scope';
import { bool, int, rawOp, type, type Attributes } from '../raw-op';
import { tf } from '../tensorflow';

/** What `conv2dFilterGradient` needs to know of the convolution. */
export interface Conv2dForm {
  readonly stride: number;
  /** [kh, kw, C, O] */
  readonly filterShape: readonly number[];
  /** The attributes of TensorFlow's convolution ops. */
  readonly attributes: Attributes;
}

/** From so many channels on, and up to so many places, products of matrices were faster: docs/adr/0007-own-kernels.md. */
const LEAST_CHANNELS = { pointwise: 128, patches: 512 } as const;
const MOST_PLACES_OF_PATCHES = 4096;

/**
 * The gradient of a convolution by its filter, [kh, kw, C, O], from its input x [N, H, W, C] and the gradient of its output
 * dy [N, H', W', O].
 *
 * TensorFlow has an op for it. On a CPU, products of matrices are faster for some shapes in float32; they depend on dy, so
 * that nothing of their making is kept from the forward pass on. For bfloat16 there is an own kernel, which takes the
 * place of the op in the finished graph (`filterGradientRewrite`).
 */
export function conv2dFilterGradient(x: Tensor, dy: Tensor, form: Conv2dForm): Tensor {
  const way = wayFor(dy, form);
  if (way === 'pointwise') return tf.reshape(product(rows(x), rows(dy)), [...form.filterShape]);
  if (way === 'patches') return byPatches(x, dy, form);
  return rawOp('Conv2DBackpropFilter', [x, tf.tensor1d([...form.filterShape], 'int32'), dy], form.attributes);
}

function wayFor(dy: Tensor, { filterShape, stride }: Conv2dForm): keyof typeof LEAST_CHANNELS | undefined {
  const { precision, isOnGpu } = recordedFor();
  if (precision === 'bfloat16' || isOnGpu) return undefined;
  const [height, width, channels, outputs] = filterShape;
  const isWide = (way: keyof typeof LEAST_CHANNELS): boolean => Math.min(channels, outputs) >= LEAST_CHANNELS[way];
  if (height * width === 1) return stride === 1 && isWide('pointwise') ? 'pointwise' : undefined;
  return stride > 1 && isWide('patches') && dy.size / outputs <= MOST_PLACES_OF_PATCHES ? 'patches' : undefined;
}

// All that the taps see from a place of dy as one long row, times dy.
function byPatches(x: Tensor, dy: Tensor, { stride, filterShape, attributes }: Conv2dForm): Tensor {
  const [height, width] = filterShape;
  const patches = rawOp('ExtractImagePatches', [x], {
    T: type('float32'),
    ksizes: int([1, height, width, 1]),
    strides: int([1, stride, stride, 1]),
    rates: int([1, 1, 1, 1]),
    padding: attributes['padding'],
  });
  return tf.reshape(product(rows(patches), rows(dy)), [...filterShape]);
}

/** [N, H, W, C] as [N·H·W, C] */
function rows(x: Tensor): Tensor {
  return tf.reshape(x, [-1, x.shape[x.rank - 1]]);
}

/** aᵀ·b */
function product(a: Tensor, b: Tensor): Tensor {
  return rawOp('MatMul', [a, b], { T: type('float32'), transpose_a: bool(true), transpose_b: bool(false) });
}
