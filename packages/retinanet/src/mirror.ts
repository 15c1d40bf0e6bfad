import type { DetectionBatch } from '@featuremine/vision-data';
import type { Detections } from './detections';

/** The images of a batch, each mirrored left to right within its own width; the padding stays where it is. */
export function mirroredImages({ images, imageSizes }: DetectionBatch): DetectionBatch['images'] {
  const [count, height, width] = images.shape as [number, number, number, number];
  const { data } = images;
  const mirrored = data.slice();
  for (let row = 0; row < count * height; row++) {
    const own = imageSizes.data[2 * Math.floor(row / height) + 1]; // width of the image without its padding
    const start = row * width * 3;
    for (let x = 0; x < own; x++) {
      const from = start + (own - 1 - x) * 3;
      for (let c = 0; c < 3; c++) mirrored[start + x * 3 + c] = data[from + c];
    }
  }
  return { ...images, data: mirrored } as DetectionBatch['images'];
}

/** Boxes that were found in a mirrored image `width` pixels wide, where they are in the image itself. */
export function mirroredDetections({ boxes, ...rest }: Detections, width: number): Detections {
  const mirrored = boxes.slice();
  for (let i = 0; i < boxes.length; i += 4) {
    mirrored[i] = width - boxes[i + 2];
    mirrored[i + 2] = width - boxes[i];
  }
  return { ...rest, boxes: mirrored };
}
