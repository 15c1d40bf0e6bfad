import type { DecodedImage, FloatImage } from './image';

/** The image mirrored left to right. */
export function flipImage<T extends DecodedImage | FloatImage>(image: T): T {
  const { width, height, data } = image;
  const flipped = data instanceof Float32Array ? new Float32Array(data.length) : new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    let source = y * width * 3;
    let target = (y + 1) * width * 3 - 3;
    for (let x = 0; x < width; x++, source += 3, target -= 3) {
      flipped[target] = data[source]!;
      flipped[target + 1] = data[source + 1]!;
      flipped[target + 2] = data[source + 2]!;
    }
  }
  return { ...image, data: flipped };
}

/** The image upside down. */
export function flipImageVertically<T extends DecodedImage | FloatImage>(image: T): T {
  const { width, height, data } = image;
  const flipped = data instanceof Float32Array ? new Float32Array(data.length) : new Uint8Array(data.length);
  const row = 3 * width;
  for (let y = 0; y < height; y++) flipped.set(data.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
  return { ...image, data: flipped };
}

/** Boxes [G, 4] of an image that is `width` wide, mirrored left to right. */
export function flipBoxes(boxes: Float32Array, width: number): Float32Array {
  return mirrored(boxes, { axis: 0, length: width });
}

/** Boxes [G, 4] of an image that is `height` high, upside down. */
export function flipBoxesVertically(boxes: Float32Array, height: number): Float32Array {
  return mirrored(boxes, { axis: 1, length: height });
}

function mirrored(boxes: Float32Array, { axis, length }: { axis: 0 | 1; length: number }): Float32Array {
  const flipped = Float32Array.from(boxes);
  for (let i = axis; i < boxes.length; i += 4) {
    flipped[i] = length - boxes[i + 2];
    flipped[i + 2] = length - boxes[i];
  }
  return flipped;
}
