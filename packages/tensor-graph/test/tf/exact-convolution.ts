import { elementCount } from '../../src';

/** A convolution's shapes: x [N, H, W, C], filter [kh, kw, C, O]. */
export interface ConvolutionForm {
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly stride?: number;
  readonly padding?: number;
}

/** Sums of products, and the largest sum of their sizes: what rounding is measured by. */
export interface Exact {
  readonly sums: Float64Array;
  readonly scale: number;
}

/** Numbers within ±1 of few bits, which bfloat16 holds. */
export function values(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.round(60 * Math.sin(seed + i * 1.7 + i * i * 0.003)) / 64);
}

/** [N, H', W', O] */
export function outputShape({ x, filter, stride = 1, padding = 0 }: ConvolutionForm): [number, number, number, number] {
  const along = (size: number, taps: number): number => Math.floor((size + 2 * padding - taps) / stride) + 1;
  return [x[0], along(x[1], filter[0]), along(x[2], filter[1]), filter[3]];
}

/**
 * In float64, by the definition: y = conv2d(x, filter), and the gradients of sum(y · dy) by x and by the filter, where x,
 * filter and dy are the `values` of three seeds.
 */
export function exactConvolution(
  form: ConvolutionForm,
  [xSeed, filterSeed, dySeed]: readonly [number, number, number],
): { y: Exact; dx: Exact; dw: Exact } {
  const { stride = 1, padding = 0 } = form;
  const [images, height, width, channels] = form.x;
  const [down, across, , outputs] = form.filter;
  const shape = outputShape(form);
  const [, outHeight, outWidth] = shape;
  const x = values(elementCount(form.x), xSeed);
  const filter = values(elementCount(form.filter), filterSeed);
  const dy = values(elementCount(shape), dySeed);
  const [y, dx, dw] = [dy, x, filter].map(({ length }) => new Float64Array(length));
  const [ySizes, dxSizes, dwSizes] = [dy, x, filter].map(({ length }) => new Float64Array(length));
  for (let n = 0; n < images; n++) {
    for (let h = 0; h < outHeight; h++) {
      for (let w = 0; w < outWidth; w++) {
        for (let i = 0; i < down; i++) {
          for (let j = 0; j < across; j++) {
            const [row, column] = [h * stride + i - padding, w * stride + j - padding];
            if (row < 0 || column < 0 || row >= height || column >= width) continue;
            for (let c = 0; c < channels; c++) {
              const at = ((n * height + row) * width + column) * channels + c;
              for (let o = 0; o < outputs; o++) {
                const tap = ((i * across + j) * channels + c) * outputs + o;
                const out = ((n * outHeight + h) * outWidth + w) * outputs + o;
                y[out] += x[at] * filter[tap];
                ySizes[out] += Math.abs(x[at] * filter[tap]);
                dx[at] += dy[out] * filter[tap];
                dxSizes[at] += Math.abs(dy[out] * filter[tap]);
                dw[tap] += x[at] * dy[out];
                dwSizes[tap] += Math.abs(x[at] * dy[out]);
              }
            }
          }
        }
      }
    }
  }
  return { y: exact(y, ySizes), dx: exact(dx, dxSizes), dw: exact(dw, dwSizes) };
}

function exact(sums: Float64Array, sizes: Float64Array): Exact {
  return { sums, scale: sizes.reduce((most, size) => Math.max(most, size), 0) };
}

/** The largest error, as a part of the largest sum of magnitudes. */
export function errorOf(found: Float32Array, { sums, scale }: Exact): number {
  return sums.reduce((most, sum, i) => Math.max(most, Math.abs(sum - found[i])), 0) / scale;
}
