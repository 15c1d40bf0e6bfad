import type { DecodedImage, FloatImage, ImageSize } from './image';

/** How `resizeBilinear` works. */
export interface BilinearOptions {
  /** Turns the result left to right. */
  readonly isMirrored?: boolean;
  /** Memory for the result, of at least its length; without it, new memory is taken. */
  readonly memory?: Float32Array | undefined;
}

/**
 * Resizes bilinearly without antialiasing, in float32: PyTorch's `interpolate(mode='bilinear', align_corners=False)`.
 *
 * Values keep their range 0…255 (the weights sum to 1, so normalising before or after is the same but for rounding).
 *
 * Source: PyTorch, aten/src/ATen/native/cpu/UpSampleKernel.cpp and UpSample.h (area_pixel_compute_source_index).
 */
export function resizeBilinear(
  image: DecodedImage | FloatImage,
  size: ImageSize,
  { isMirrored = false, memory }: BilinearOptions = {},
): FloatImage {
  const { width, height } = size;
  const length = width * height * 3;
  const data = memory?.subarray(0, length) ?? new Float32Array(length);
  const columns = linearTaps(image.width, width);
  if (isMirrored) for (const values of Object.values(columns) as (Int32Array | Float32Array)[]) values.reverse();
  const rows = linearTaps(image.height, height);
  // Two rows of the image at their new width; a row that the next output row needs again is kept.
  let above = { row: -1, values: new Float32Array(width * 3) };
  let below = { row: -1, values: new Float32Array(width * 3) };
  for (let y = 0, target = 0; y < height; y++) {
    if (below.row === rows.first[y]) [above, below] = [below, above];
    if (above.row !== rows.first[y]) resizeRow(image, rows.first[y], columns, above);
    if (below.row !== rows.second[y]) resizeRow(image, rows.second[y], columns, below);
    const belowShare = rows.share[y];
    const aboveShare = 1 - belowShare;
    const { values: first } = above;
    const { values: second } = below;
    for (let i = 0; i < first.length; i++) data[target++] = aboveShare * first[i] + belowShare * second[i];
  }
  return { width, height, data };
}

function resizeRow(
  image: DecodedImage | FloatImage,
  row: number,
  columns: LinearTaps,
  result: { row: number; values: Float32Array },
): void {
  const { first, second, share } = columns;
  const { values } = result;
  const source = image.data;
  const start = row * image.width * 3;
  for (let x = 0, target = 0; x < first.length; x++) {
    const left = start + first[x] * 3;
    const right = start + second[x] * 3;
    const rightShare = share[x];
    const leftShare = 1 - rightShare;
    values[target++] = leftShare * source[left] + rightShare * source[right];
    values[target++] = leftShare * source[left + 1] + rightShare * source[right + 1];
    values[target++] = leftShare * source[left + 2] + rightShare * source[right + 2];
  }
  result.row = row;
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
