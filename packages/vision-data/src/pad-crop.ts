import type { Random } from '@featuremine/random';
import type { DecodedImage } from './image';

/**
 * Pads an image by `padding` black pixels on each side and crops its own size at a random place (the usual CIFAR
 * augmentation, with padding 4).
 */
export function padCrop(image: DecodedImage, padding: number, random: Random): DecodedImage {
  const { width, height } = image;
  const shiftX = random.integer(2 * padding + 1) - padding;
  const shiftY = random.integer(2 * padding + 1) - padding;
  const data = new Uint8Array(width * height * 3);
  const firstX = Math.max(0, -shiftX);
  const lastX = Math.min(width, width - shiftX);
  for (let y = Math.max(0, -shiftY); y < Math.min(height, height - shiftY); y++) {
    const source = ((y + shiftY) * width + firstX + shiftX) * 3;
    data.set(image.data.subarray(source, source + Math.max(0, lastX - firstX) * 3), (y * width + firstX) * 3);
  }
  return { width, height, data };
}
