import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { bfloat16Scope, recordedFor } from '../precision-scope';
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

/** From so many channels on, and up to so many places, products of matrices were faster: docs/adr/0007-own-kernels.md. */
const LEAST_CHANNELS = { pointwise: 128, shifted: 256, patches: 512 } as const;
const MOST_PLACES = { shifted: 8192, patches: 4096 } as const;

/**
 * The gradient of a convolution by its filter, [kh, kw, C, O], from its input x [N, H, W, C] and the gradient of its output
 * dy [N, H', W', O].
 *
 * TensorFlow has an op for it. On a CPU, products of matrices are faster for some shapes; they depend on dy, so that nothing
 * of their making is kept from the forward pass on.
 */
export function conv2dFilterGradient(x: Tensor, dy: Tensor, form: Conv2dForm): Tensor {
  return bfloat16Scope(() => {
    const way = wayFor(dy, form);
    if (way === 'pointwise') return tf.reshape(product(rows(x), rows(dy)), [...form.filterShape]);
    if (way === 'shifted') return byShifts(x, dy, form);
    if (way === 'patches') return byPatches(x, dy, form);
    return rawOp('Conv2DBackpropFilter', [x, tf.tensor1d([...form.filterShape], 'int32'), dy], form.attributes);
  });
}

function wayFor(dy: Tensor, form: Conv2dForm): keyof typeof LEAST_CHANNELS | undefined {
  const { precision, isOnGpu } = recordedFor();
  const [height, width, channels, outputs] = form.filterShape;
  const places = dy.size / outputs;
  const isWide = (way: keyof typeof LEAST_CHANNELS): boolean => Math.min(channels, outputs) >= LEAST_CHANNELS[way];
  if (isOnGpu) return undefined;
  if (height * width === 1) return form.stride === 1 && isWide('pointwise') ? 'pointwise' : undefined;
  if (form.stride > 1) return isWide('patches') && places <= MOST_PLACES.patches ? 'patches' : undefined;
  const isFitting = form.padding < Math.min(height, width) && places <= MOST_PLACES.shifted;
  return precision === 'bfloat16' && isWide('shifted') && isFitting ? 'shifted' : undefined;
}

// For each tap of the filter: x times the part of dy, with zeros around it, that the tap brings each place of x to.
function byShifts(x: Tensor, dy: Tensor, { padding, filterShape }: Conv2dForm): Tensor {
  const [height, width, , outputs] = filterShape;
  const [count, rowCount, columnCount] = x.shape;
  const around = [height - 1 - padding, width - 1 - padding];
  const padded = padSpatially(dy, around);
  const seen = rows(x);
  const taps: Tensor[] = [];
  for (let i = height - 1; i >= 0; i--) {
    for (let j = width - 1; j >= 0; j--) {
      const reached = tf.slice(padded, [0, i, j, 0], [count, rowCount, columnCount, outputs]);
      taps.push(product(seen, rows(reached)));
    }
  }
  return tf.reshape(tf.stack(taps), [...filterShape]);
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
