import type { DecodedImage, ImageSize } from './image';

/** A rectangle of an image in pixels; may have fractions. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Resizes a region of an image with a triangle filter that widens when shrinking (bilinear with antialiasing), 8 bits.
 *
 * Source: the filter of Pillow's and torchvision's bilinear resize with antialias.
 */
export function resizeSmooth(image: DecodedImage, size: ImageSize, region?: Region): DecodedImage {
  const area = region ?? { left: 0, top: 0, width: image.width, height: image.height };
  const columns = triangleTaps(area.left, area.width, image.width, size.width);
  const rows = triangleTaps(area.top, area.height, image.height, size.height);
  const firstRow = rows.first[0];
  const lastRow = rows.first[size.height - 1] + rows.counts[size.height - 1];
  const narrowed = resizeRows(image, columns, firstRow, lastRow);
  return { ...size, data: resizeColumns(narrowed, rows, firstRow, size) };
}

interface Taps {
  /** [output length], first input position of each output. */
  readonly first: Int32Array;
  /** [output length], number of weights of each output. */
  readonly counts: Int32Array;
  /** [output length, tapCount], zero beyond `counts`. */
  readonly weights: Float32Array;
  readonly tapCount: number;
}

function triangleTaps(start: number, length: number, inputLength: number, outputLength: number): Taps {
  const scale = length / outputLength;
  const support = Math.max(1, scale);
  const tapCount = 2 * Math.ceil(support) + 1;
  const first = new Int32Array(outputLength);
  const counts = new Int32Array(outputLength);
  const weights = new Float32Array(outputLength * tapCount);
  for (let i = 0; i < outputLength; i++) {
    const centre = start + (i + 0.5) * scale;
    // Positions whose centre lies within the support; those at its very end have the weight 0.
    const low = Math.min(inputLength - 1, Math.max(0, Math.floor(centre - support + 0.5)));
    const high = Math.max(low + 1, Math.min(inputLength, Math.ceil(centre + support - 0.5)));
    let sum = 0;
    for (let j = low; j < high; j++) {
      const weight = Math.max(0, 1 - Math.abs((j + 0.5 - centre) / support));
      weights[i * tapCount + j - low] = weight;
      sum += weight;
    }
    if (sum === 0) weights[i * tapCount] = sum = 1;
    for (let j = 0; j < high - low; j++) weights[i * tapCount + j] = weights[i * tapCount + j] / sum;
    first[i] = low;
    counts[i] = high - low;
  }
  return { first, counts, weights, tapCount };
}

// Rows firstRow…lastRow of the image, each brought to the output width. // [rows, width, 3]
function resizeRows(image: DecodedImage, taps: Taps, firstRow: number, lastRow: number): Float32Array {
  const { first, counts, weights, tapCount } = taps;
  const outputWidth = first.length;
  const result = new Float32Array((lastRow - firstRow) * outputWidth * 3);
  const source = image.data;
  let target = 0;
  for (let y = firstRow; y < lastRow; y++) {
    const row = y * image.width * 3;
    for (let x = 0; x < outputWidth; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let position = row + first[x] * 3;
      const end = x * tapCount + counts[x];
      for (let tap = x * tapCount; tap < end; tap++, position += 3) {
        const weight = weights[tap];
        red += weight * source[position];
        green += weight * source[position + 1];
        blue += weight * source[position + 2];
      }
      result[target++] = red;
      result[target++] = green;
      result[target++] = blue;
    }
  }
  return result;
}

// Two rows at a time: most outputs have two to four, and the time goes into passes over memory.
function resizeColumns(narrowed: Float32Array, taps: Taps, firstRow: number, size: ImageSize): Uint8Array {
  const { first, counts, weights, tapCount } = taps;
  const rowLength = size.width * 3;
  const data = new Uint8Array(size.height * rowLength);
  const sums = new Float32Array(rowLength);
  for (let y = 0; y < size.height; y++) {
    const target = y * rowLength;
    for (let tap = 0; tap < counts[y]; tap += 2) {
      const hasSecond = tap + 1 < counts[y];
      const weight = weights[y * tapCount + tap];
      const weight2 = hasSecond ? weights[y * tapCount + tap + 1] : 0;
      const row = (first[y] + tap - firstRow) * rowLength;
      const row2 = hasSecond ? row + rowLength : row;
      if (tap > 0) {
        for (let i = 0; i < rowLength; i++) sums[i] += weight * narrowed[row + i] + weight2 * narrowed[row2 + i];
      } else if (counts[y] > 2) {
        for (let i = 0; i < rowLength; i++) sums[i] = 0.5 + weight * narrowed[row + i] + weight2 * narrowed[row2 + i];
      } else {
        for (let i = 0; i < rowLength; i++) {
          data[target + i] = 0.5 + weight * narrowed[row + i] + weight2 * narrowed[row2 + i];
        }
      }
    }
    if (counts[y] > 2) for (let i = 0; i < rowLength; i++) data[target + i] = sums[i];
  }
  return data;
}
