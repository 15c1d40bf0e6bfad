import type { DecodedImage, FloatImage, ImageSize } from './image';

/**
 * Resizes bilinearly without antialiasing, in float32: PyTorch's `interpolate(mode='bilinear', align_corners=False)`.
 *
 * Values keep their range 0…255 (the weights sum to 1, so normalising before or after is the same but for rounding).
 *
 * Source: PyTorch, aten/src/ATen/native/cpu/UpSampleKernel.cpp and UpSample.h (area_pixel_compute_source_index).
 */
export function resizeBilinear(image: DecodedImage | FloatImage, size: ImageSize): FloatImage {
  const { width, height } = size;
  const data = new Float32Array(width * height * 3);
  const columns = linearTaps(image.width, width);
  const rows = linearTaps(image.height, height);
  const source = image.data;
  const rowLength = image.width * 3;
  let target = 0;
  for (let y = 0; y < height; y++) {
    const top = rows.first[y] * rowLength;
    const bottom = rows.second[y] * rowLength;
    const bottomShare = rows.share[y];
    const topShare = 1 - bottomShare;
    for (let x = 0; x < width; x++) {
      const left = columns.first[x] * 3;
      const right = columns.second[x] * 3;
      const rightShare = columns.share[x];
      const leftShare = 1 - rightShare;
      for (let c = 0; c < 3; c++) {
        const above = leftShare * source[top + left + c] + rightShare * source[top + right + c];
        const below = leftShare * source[bottom + left + c] + rightShare * source[bottom + right + c];
        data[target++] = topShare * above + bottomShare * below;
      }
    }
  }
  return { width, height, data };
}

/** For each output position: the two input positions it lies between, and the share of the second. */
interface LinearTaps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

function linearTaps(inputLength: number, outputLength: number): LinearTaps {
  const first = new Int32Array(outputLength);
  const second = new Int32Array(outputLength);
  const share = new Float32Array(outputLength);
  const { fround } = Math;
  const scale = fround(inputLength / outputLength);
  for (let i = 0; i < outputLength; i++) {
    // Float32 at each step, as PyTorch computes it: the shares of large images differ otherwise.
    const position = Math.max(0, fround(fround(scale * fround(i + 0.5)) - 0.5));
    const index = Math.min(Math.floor(position), inputLength - 1);
    first[i] = index;
    second[i] = Math.min(index + 1, inputLength - 1);
    share[i] = fround(position - index);
  }
  return { first, second, share };
}
