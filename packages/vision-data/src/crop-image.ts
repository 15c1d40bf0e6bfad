import type { DecodedImage } from './image';

/**
 * The part of an image inside a box (left, top, width, height in pixels), widened to whole pixels and cut at the image's
 * border; at least one pixel.
 */
export function cropImage(image: DecodedImage, box: ArrayLike<number>): DecodedImage {
  const left = Math.min(image.width - 1, Math.max(0, Math.floor(box[0])));
  const top = Math.min(image.height - 1, Math.max(0, Math.floor(box[1])));
  const right = Math.min(image.width, Math.max(left + 1, Math.ceil(box[0] + box[2])));
  const bottom = Math.min(image.height, Math.max(top + 1, Math.ceil(box[1] + box[3])));
  const [width, height] = [right - left, bottom - top];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, data };
}
