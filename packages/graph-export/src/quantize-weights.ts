import { float32ToFloat16 } from '@featuremine/weights';

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
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = (high - low) / 255 || 1;
  const zero = Math.round(-low / scale);
  const bytes = Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value / scale) + zero)));
  return { bytes, quantization: { dtype: 'uint8', original_dtype: 'float32', scale, min: -zero * scale } };
}
