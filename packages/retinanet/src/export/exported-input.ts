import { IMAGENET_PIXELS } from '@featuremine/backbone-pretrain';
import type { HostTensor } from '@featuremine/tensor-graph';

/**
 * What an exported network is fed for image `index` of a batch of padded images of 0…255 with their sizes `[N, 2]`:
 * float32 `[1, H, W, 3]`, the padding filled with the mean.
 */
export function exportedImage(
  { images, imageSizes }: { readonly images: HostTensor; readonly imageSizes: HostTensor },
  index: number,
): HostTensor {
  const [, height, width] = images.shape;
  const length = height * width * 3;
  const data = Float32Array.from(images.data.subarray(index * length, (index + 1) * length));
  const [imageHeight, imageWidth] = imageSizes.data.subarray(2 * index, 2 * index + 2);
  for (let y = 0; y < height; y++) {
    for (let x = y < imageHeight ? imageWidth : 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        data[(y * width + x) * 3 + channel] = IMAGENET_PIXELS.mean[channel] * 255;
      }
    }
  }
  return { dtype: 'float32', shape: [1, height, width, 3], data };
}
