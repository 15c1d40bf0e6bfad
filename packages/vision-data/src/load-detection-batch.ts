import type { DetectionBatch } from './batch-tensors';
import { stackDetectionBatch } from './assemble-detection';
import { decodeImage } from './decode-image';
import { checkResize, resizedSize } from './detection-resize';
import type { DecodedImage, FloatImage, ImageSize } from './image';
import { resizeBilinear } from './resize-bilinear';
import type { DetectionResize } from './transform-options';

/** An image for prediction: a file, or its bytes with a name for messages. */
export type ImageInput = string | { readonly name: string; readonly bytes: Uint8Array };

/**
 * Decodes and resizes images for prediction, without annotations, threads or randomness. Detections go back to the
 * pixels of the files by `resizeBoxes` from `imageSizes` to `originalSizes`.
 *
 * @throws ConfigError for an impossible size, DatasetError that names an image that cannot be decoded.
 */
export async function loadDetectionBatch(
  inputs: readonly ImageInput[],
  options: { readonly resize: DetectionResize; readonly pixels: 'uint8' | 'float32' },
): Promise<DetectionBatch> {
  const { resize, pixels } = options;
  checkResize(resize);
  const loaded = await Promise.all(
    inputs.map(async (input) => {
      const where = typeof input === 'string' ? input : input.name;
      const sizeFor = (original: ImageSize): ImageSize | undefined =>
        pixels === 'uint8' ? resizedSize(resize, original) : undefined;
      const { image, originalSize } = await decodeImage(typeof input === 'string' ? input : input.bytes, {
        where,
        sizeFor,
      });
      const size = resizedSize(resize, originalSize);
      const resized = (memory?: Float32Array): DecodedImage | FloatImage =>
        pixels === 'float32' ? resizeBilinear(image, size, { memory }) : image;
      return { where, size, originalSize, resized };
    }),
  );
  const names = loaded.map(({ where }) => where);
  return {
    ...stackDetectionBatch(loaded, { resize, pixels, batchSize: loaded.length }),
    imageCount: loaded.length,
    files: names,
    ids: names,
    indices: Int32Array.from(loaded.keys()),
    batchIndex: 0,
  };
}
