import type { HostTensor } from '@featuremine/tensor-graph';
import type { DetectionBatch } from '@featuremine/vision-data';
import { IMAGENET_MEAN } from '../images';

/** What an exported network is fed for a batch of one image: float32 of 0…255, the padding filled with the mean. */
export function exportedInput({ images, imageSizes }: DetectionBatch): HostTensor {
  const [, height, width] = images.shape;
  const data = Float32Array.from(images.data);
  const [imageHeight, imageWidth] = imageSizes.data;
  for (let y = 0; y < height; y++) {
    for (let x = y < imageHeight ? imageWidth : 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        data[(y * width + x) * 3 + channel] = IMAGENET_MEAN[channel] * 255;
      }
    }
  }
  return { dtype: 'float32', shape: [1, height, width, 3], data };
}
