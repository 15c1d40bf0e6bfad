import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { isInBfloat16Model } from '../precision-scope';
import { bool, int, rawOp, type, type Attributes } from '../raw-op';
import { tf } from '../tensorflow';
import { padSpatially } from './spatial-padding';

/** What `conv2dFilterGradient` needs to know of the convolution. */
export interface Conv2dForm {
  readonly stride: number;
  /** Zeros that the convolution itself adds on each of the four sides of x, when its stride is 1. */
  readonly padding: number;
  /** [kh, kw, C, O] */
  readonly filterShape: readonly number[];
  /** The attributes of TensorFlow's convolution ops. */
  readonly attributes: Attributes;
}

/** From so many channels on, products of matrices are faster than TensorFlow's op: measured, docs/performance.md. */
const WIDE = { shifted: 256, patches: 512 } as const;

/**
 * The gradient of a convolution by its filter, [kh, kw, C, O], from its input x [N, H, W, C] and the gradient of its output
 * dy [N, H', W', O]: a sum over all places, as one product of matrices for each tap of the filter.
 *
 * TensorFlow has an op for it, which is slower than its product of matrices where there are many channels and few places.
 */
export function conv2dFilterGradient(x: Tensor, dy: Tensor, form: Conv2dForm): Tensor {
  const { stride, filterShape, attributes } = form;
  const [height, width, channels, outputs] = filterShape;
  if (height * width === 1 && stride === 1) return tf.reshape(product(rows(x), rows(dy)), [...filterShape]);
  const narrowest = Math.min(channels, outputs);
  if (stride === 1 && isInBfloat16Model() && narrowest >= WIDE.shifted) return byShifts(x, dy, form);
  if (stride > 1 && narrowest >= WIDE.patches) return byPatches(x, dy, form);
  return rawOp('Conv2DBackpropFilter', [x, tf.tensor1d([...filterShape], 'int32'), dy], attributes);
}

// The part of the padded input that each tap sees, times dy.
function byShifts(x: Tensor, dy: Tensor, { padding, filterShape }: Conv2dForm): Tensor {
  const [height, width] = filterShape;
  const [count, rowCount, columnCount] = dy.shape;
  const padded = padding === 0 ? x : padSpatially(x, padding);
  const taps: Tensor[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const seen = tf.slice(padded, [0, i, j, 0], [count, rowCount, columnCount, x.shape[3]!]);
      taps.push(product(rows(seen), rows(dy)));
    }
  }
  return tf.reshape(tf.stack(taps), [...filterShape]);
}

// All taps of a place as one long row, times dy.
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
