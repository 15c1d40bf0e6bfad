import type { DecodedImage, ImageSize } from './image';

/** Sub-pixel places at which filter weights are taken. */
const PLACES = 64;
/** What the fixed-point weights of one output sum to, but for their rounding down. */
const WEIGHT_BITS = 12;

/**
 * Shrinks an image as libvips does with its linear kernel: what `decodeImage` gives for a smaller size, of any format
 * that is not shrunk while it is decompressed (JPEG is). For places where libvips does not run. Values are the same, but
 * where the last bit of a position decides between two filters: there they differ by 1.
 *
 * Each axis, rows first, is averaged in whole steps down to at least twice its wanted length, and then filtered by a
 * triangle in fixed-point arithmetic. No axis may become longer.
 *
 * Source: the method of libvips 8.18, `vips_resize` with `VIPS_KERNEL_LINEAR` on a processor with vector units.
 */
export function shrinkLikeLibvips(image: DecodedImage, size: ImageSize): DecodedImage {
  if (size.width > image.width || size.height > image.height) {
    throw new RangeError(`${image.width}x${image.height} cannot be shrunk to ${size.width}x${size.height}.`);
  }
  const { width } = image;
  const rows = shrinkAxis({ data: image.data, outer: 1, length: image.height, inner: width * 3 }, size.height);
  const columns = shrinkAxis({ data: rows, outer: size.height, length: width, inner: 3 }, size.width);
  return { ...size, data: columns };
}

/** An image seen along one axis: `data` is [outer, length, inner]. */
interface AxisView {
  readonly data: Uint8Array;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

function shrinkAxis(view: AxisView, length: number): Uint8Array {
  const scale = length / view.length;
  const step = Math.max(1, Math.floor(view.length / length / 2));
  const factor = 1 / scale / step;
  if (factor === 1) return view.data;
  // How far the last output reaches beyond the image; the outputs are centred on it.
  const excess = (length * (1 / scale) - view.length) / step;
  const means = step > 1 ? { ...view, data: boxMeans(view, step), length: Math.ceil(view.length / step) } : view;
  return reduceAxis(means, { factor, excess, length });
}

// The rounded mean of each `step` neighbours; the last position is repeated where they end. [outer, ceil(length/step), inner]
function boxMeans({ data, outer, length, inner }: AxisView, step: number): Uint8Array {
  const count = Math.ceil(length / step);
  const result = new Uint8Array(outer * count * inner);
  const sums = new Uint32Array(inner);
  // A division by the step in fixed point, rounded down as the vector code has it: 3/3 becomes 0.
  const reciprocal = Math.floor(2 ** 24 / step);
  for (let o = 0, target = 0; o < outer; o++) {
    for (let position = 0; position < count; position++) {
      sums.fill(step >> 1);
      for (let k = 0; k < step; k++) {
        const source = (o * length + Math.min(length - 1, position * step + k)) * inner;
        for (let i = 0; i < inner; i++) sums[i] += data[source + i];
      }
      for (let i = 0; i < inner; i++) result[target++] = Math.floor((sums[i] * reciprocal) / 2 ** 24);
    }
  }
  return result;
}

interface Reduction {
  readonly factor: number;
  readonly excess: number;
  /** Of the output. */
  readonly length: number;
}

// [outer, length of the output, inner]
function reduceAxis(view: AxisView, reduction: Reduction): Uint8Array {
  const { data, outer, inner } = view;
  const { length } = reduction;
  const result = new Uint8Array(outer * length * inner);
  const { tapCount, sources, weights } = tapsOf(view.length, reduction);
  const sums = new Int32Array(inner);
  for (let o = 0, target = 0; o < outer; o++) {
    const start = o * view.length * inner;
    for (let position = 0; position < length; position++) {
      sums.fill(1 << (WEIGHT_BITS - 1));
      for (let tap = position * tapCount; tap < (position + 1) * tapCount; tap++) {
        const weight = weights[tap];
        if (weight === 0) continue;
        const source = start + sources[tap] * inner;
        for (let i = 0; i < inner; i++) sums[i] += weight * data[source + i];
      }
      for (let i = 0; i < inner; i++) result[target++] = sums[i] >> WEIGHT_BITS;
    }
  }
  return result;
}

// For each output: the inputs that it is made of, and their weights. Both [length of the output, tapCount]
function tapsOf(
  inputLength: number,
  { factor, excess, length }: Reduction,
): { readonly tapCount: number; readonly sources: Int32Array; readonly weights: Int32Array } {
  const tapCount = 2 * roundHalfEven(factor) + 1;
  const before = Math.ceil(tapCount / 2) - 1;
  const tables = Array.from({ length: PLACES + 1 }, (_, place) => triangle(factor, place / PLACES, tapCount));
  const sources = new Int32Array(length * tapCount);
  const weights = new Int32Array(length * tapCount);
  let centre = 0.5 * factor - 0.5 - ((1 + excess) / 2 - 1);
  for (let position = 0; position < length; position++, centre += factor) {
    const whole = Math.trunc(centre);
    const place = (Math.trunc(centre * PLACES * 2) & (PLACES * 2 - 1)) + 1;
    for (let tap = 0; tap < tapCount; tap++) {
      sources[position * tapCount + tap] = Math.min(inputLength - 1, Math.max(0, whole + tap - before));
    }
    weights.set(tables[place >> 1], position * tapCount);
  }
  return { tapCount, sources, weights };
}

// Fixed-point weights of a triangle that reaches `factor` to both sides.
function triangle(factor: number, place: number, tapCount: number): Int32Array {
  const centre = place + tapCount / 2 - 1;
  const heights = Float64Array.from({ length: tapCount }, (_, i) => Math.max(0, 1 - Math.abs((i - centre) / factor)));
  const sum = heights.reduce((total, height) => total + height, 0);
  return Int32Array.from(heights, (height) => Math.trunc((height / sum) * 2 ** WEIGHT_BITS));
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
