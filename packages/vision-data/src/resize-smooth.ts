import type { DecodedImage, ImagePart, ImageSize } from './image';
import { resizeInKernel } from './resize-kernel';
import type { SmoothResize } from './resize-kernel';
import { triangleTaps, type Taps } from './triangle-taps';

/** A rectangle of an image in pixels; may have fractions. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Resizes a region of an image with a triangle filter that widens when shrinking (bilinear with antialiasing), 8 bits;
 * mirrored left to right if asked for. Of a part of an image, the region is in pixels of the whole, and the result is
 * that of the whole when the part has the region's surroundings (see `neededPart`).
 *
 * Whole-number arithmetic: the same bits everywhere, with WebAssembly's vector instructions or without.
 *
 * Source: the filter of Pillow's and torchvision's bilinear resize with antialias.
 */
export function resizeSmooth(
  image: DecodedImage | ImagePart,
  size: ImageSize,
  region?: Region,
  isMirrored = false,
): DecodedImage {
  const { left, top, whole } = 'whole' in image ? image : { left: 0, top: 0, whole: image };
  const area = region ?? { left: 0, top: 0, width: whole.width, height: whole.height };
  const columns = triangleTaps({
    ...{ start: area.left, length: area.width },
    ...{ inputLength: whole.width, outputLength: size.width, isMirrored },
  });
  const rows = triangleTaps({
    ...{ start: area.top, length: area.height },
    ...{ inputLength: whole.height, outputLength: size.height },
  });
  const resize = { image, columns: moved(columns, left), rows: moved(rows, top) };
  return { ...size, data: resizeInKernel(resize) ?? resizePlainly(resize) };
}

/** The whole pixels that resizing a region reads, from an image of this size. */
export function neededPart(region: Region, size: ImageSize, image: ImageSize): Region {
  const marginX = Math.ceil(Math.max(1, region.width / size.width)) + 1;
  const marginY = Math.ceil(Math.max(1, region.height / size.height)) + 1;
  const left = Math.max(0, Math.floor(region.left) - marginX);
  const top = Math.max(0, Math.floor(region.top) - marginY);
  const right = Math.min(image.width, Math.ceil(region.left + region.width) + marginX);
  const bottom = Math.min(image.height, Math.ceil(region.top + region.height) + marginY);
  return { left, top, width: right - left, height: bottom - top };
}

function moved(taps: Taps, origin: number): Taps {
  if (origin === 0) return taps;
  const { first, low, high } = taps;
  return { ...taps, first: first.map((position) => position - origin), low: low - origin, high: high - origin };
}

/** The same as the kernel of resize-kernel.wat, value by value. */
export function resizePlainly({ image, columns, rows }: SmoothResize): Uint8Array {
  const width = columns.first.length;
  const narrowed = resizeRows(image, columns, rows);
  const rowLength = 3 * width;
  const { first, weights, pairs, low } = rows;
  const data = new Uint8Array(first.length * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < first.length; y++) {
    sums.fill(1 << 19);
    for (let tap = 0; tap < 2 * pairs; tap++) {
      const weight = weights[2 * pairs * y + tap];
      if (weight === 0) continue;
      const row = (first[y] - low + tap) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] += weight * narrowed[row + i];
    }
    for (let i = 0, target = y * rowLength; i < rowLength; i++) data[target + i] = sums[i] >> 20;
  }
  return data;
}

// The rows that are needed, each at its new width, with 6 fractional bits. // [rows.high − rows.low, width, 3]
function resizeRows({ width: inputWidth, data }: DecodedImage, columns: Taps, { low, high }: Taps): Int16Array {
  const { first, weights, pairs } = columns;
  const result = new Int16Array((high - low) * first.length * 3);
  let target = 0;
  for (let y = low; y < high; y++) {
    for (let x = 0; x < first.length; x++) {
      let red = 128;
      let green = 128;
      let blue = 128;
      let position = (y * inputWidth + first[x]) * 3;
      const end = 2 * pairs * (x + 1);
      for (let tap = 2 * pairs * x; tap < end; tap++, position += 3) {
        const weight = weights[tap];
        if (weight === 0) continue;
        red += weight * data[position];
        green += weight * data[position + 1];
        blue += weight * data[position + 2];
      }
      result[target++] = red >> 8;
      result[target++] = green >> 8;
      result[target++] = blue >> 8;
    }
  }
  return result;
}
