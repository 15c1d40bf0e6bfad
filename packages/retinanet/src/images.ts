import { IMAGENET_PIXELS } from '@featuremine/backbone-pretrain';
import { normalizeImages, tf } from '@featuremine/tensor-graph';

/**
 * Normalises a batch of padded raw images as torchvision's weights expect them, and sets the padding to 0, the
 * value that torchvision pads with after normalising.
 *
 * `images` `[N, H, W, 3]` of 0…255; `imageSizes` int32 `[N, 2]`, height and width of each image without padding;
 * without them the images are normalised only.
 */
export function preparedImages(images: tf.Tensor, imageSizes?: tf.Tensor): tf.Tensor {
  const normalised = normalizeImages(images, IMAGENET_PIXELS.mean, IMAGENET_PIXELS.std);
  if (imageSizes === undefined) return normalised;
  const [count, height, width] = images.shape as [number, number, number, number];
  const rows = axisMask(height, imageSizes, 0).reshape([count, height, 1, 1]);
  const columns = axisMask(width, imageSizes, 1).reshape([count, 1, width, 1]);
  return tf.mul(normalised, tf.mul(rows, columns)); // [N, H, W, 3]
}

// 1 where the position along this axis lies inside the image, else 0. [N, length]
function axisMask(length: number, imageSizes: tf.Tensor, axis: 0 | 1): tf.Tensor {
  const positions = tf.range(0, length, 1, 'int32').reshape([1, length]);
  const limits = tf.slice(imageSizes, [0, axis], [-1, 1]); // [N, 1]
  return tf.cast(tf.less(positions, limits), 'float32');
}
