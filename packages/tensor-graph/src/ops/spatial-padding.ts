import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { rawOp, type } from '../raw-op';
import { tf } from '../tensorflow';

/** A sliding window over [N, H, W, C] in PyTorch's terms: the padding is added on all four sides. */
export interface Window {
  readonly height: number;
  readonly width: number;
  readonly stride: number;
  readonly padding: number;
}

/** How TensorFlow gets the same window: by one of its own paddings, or after padding the input (`Pad`, then VALID). */
export type PaddingMode = 'VALID' | 'SAME' | 'PAD';

/**
 * Chooses the padding mode for an input of shape [N, H, W, C].
 *
 * SAME pads by what the last window lacks, the larger half at the end: that is PyTorch's symmetric padding for stride 1,
 * and for larger strides at some sizes only (3x3 with stride 2: the odd ones). EXPLICIT padding, which TensorFlow has
 * too, is not used: on a CPU it misses the fast path.
 */
export function paddingMode([, height, width]: readonly number[], window: Window): PaddingMode {
  if (window.padding === 0) return 'VALID';
  const isSame = isSymmetric(height, window.height, window) && isSymmetric(width, window.width, window);
  return isSame ? 'SAME' : 'PAD';
}

function isSymmetric(size: number, windowSize: number, { stride, padding }: Window): boolean {
  const outputs = Math.ceil(size / stride);
  const total = Math.max(0, (outputs - 1) * stride + windowSize - size);
  return total === 2 * padding && outputs === Math.floor((size + 2 * padding - windowSize) / stride) + 1;
}

/** The input with `padding` rows and columns of `value` on each side: [N, H, W, C] → [N, H + 2p, W + 2p, C]. */
export function padSpatially(x: Tensor, padding: number, value?: number): Tensor {
  const sides = [padding, padding];
  const paddings = tf.tensor2d([[0, 0], sides, sides, [0, 0]], [4, 2], 'int32');
  const attributes = { T: type('float32'), Tpaddings: type('int32') };
  const padded =
    value === undefined
      ? rawOp('Pad', [x, paddings], attributes)
      : rawOp('PadV2', [x, paddings, tf.scalar(value)], attributes);
  return padded;
}

/** Takes the padding off again: the gradient of `padSpatially` for an input of shape `shape`. */
export function cropSpatially(x: Tensor, padding: number, shape: readonly number[]): Tensor {
  const begin = tf.tensor1d([0, padding, padding, 0], 'int32');
  return rawOp('Slice', [x, begin, tf.tensor1d([...shape], 'int32')], { T: type('float32'), Index: type('int32') });
}

/** The shape that `padSpatially` gives. */
export function paddedShape([n, height, width, channels]: readonly number[], padding: number): number[] {
  return [n, height + 2 * padding, width + 2 * padding, channels];
}
