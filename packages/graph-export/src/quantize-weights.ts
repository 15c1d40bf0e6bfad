import { float32ToFloat16 } from '@featuremine/weights';

// A global of jest's sandbox costs a slow look-up at each use.
const { max, min, round } = Math;

/** How the weights of a tfjs model are stored; they are float32 again once it is loaded. */
export type StoredWeights = 'float32' | 'float16' | 'uint8';

/** Bytes of a weight, and the entry `quantization` that tells tfjs how to read them; none for plain float32. */
export interface StoredWeight {
  readonly bytes: Uint8Array;
  readonly quantization?: {
    readonly dtype: 'float16' | 'uint8';
    readonly original_dtype: 'float32';
    readonly scale?: number;
    readonly min?: number;
  };
}

/**
 * Stores float32 values in fewer bytes, as tfjs's format defines it: half precision, or whole numbers q of 0…255 with
 * value = q · scale + min, one scale a tensor, in which 0 stays exactly 0.
 */
export function storeWeight(values: Float32Array, as: StoredWeights): StoredWeight {
  if (as === 'float32') return { bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
  if (as === 'float16') {
    const halves = float32ToFloat16(values);
    const bytes = new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength);
    return { bytes, quantization: { dtype: 'float16', original_dtype: 'float32' } };
  }
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const scale = (high - low) / 255 || 1;
  const zero = round(-low / scale);
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = min(255, max(0, round(values[i] / scale) + zero));
  return { bytes, quantization: { dtype: 'uint8', original_dtype: 'float32', scale, min: -zero * scale } };
}
