import { ShapeError } from '@featuremine/errors';
import { paddedSize, resizeBilinear, resizeLikeDecoding, resizedSize } from '@featuremine/vision-data/browser';
import type { DecodedImage, DetectionResize, FloatImage, ImageSize } from '@featuremine/vision-data/browser';
import type { ModelMetadata } from './model-metadata';

/** An image as the network takes it. */
export interface NetworkInput {
  /** [1, H, W, 3], 0…255, RGB. */
  readonly data: Float32Array;
  /** H and W. */
  readonly paddedSize: ImageSize;
  /** The image without its padding. */
  readonly resizedSize: ImageSize;
  readonly originalSize: ImageSize;
}

/**
 * Resizes an image as prediction in Node does, and puts it top left into the network's input.
 *
 * @throws ShapeError when the resized image is larger than a fixed input
 */
export function networkInput(image: DecodedImage, { input }: Pick<ModelMetadata, 'input'>): NetworkInput {
  const rule = ruleOf(input.resize);
  const resized = resizedSize(rule, image);
  const padded = paddedSizeOf(input, rule, resized);
  if (resized.width > padded.width || resized.height > padded.height) {
    throw new ShapeError({
      where: 'the picture',
      found: `${resized.width}x${resized.height} px after resizing`,
      expected: `at most ${padded.width}x${padded.height}, the network's input`,
      fix: 'Export the detector with an input of any size, or crop the picture',
    });
  }
  const pixels = input.pixels === 'float32' ? resizeBilinear(image, resized) : resizeLikeDecoding(image, resized);
  const { width, height } = image;
  return {
    data: placed(pixels, padded, input.padding),
    paddedSize: padded,
    resizedSize: resized,
    originalSize: { width, height },
  };
}

function ruleOf(resize: ModelMetadata['input']['resize']): DetectionResize {
  if (resize.kind === 'fit') return { kind: 'longest-side', size: resize.size };
  return resize.kind === 'torchvision' ? { ...resize, kind: 'min-max' } : resize;
}

// A fixed input as it is; else what the rule pads to, rounded up to what the network takes.
function paddedSizeOf(
  { shape, sizeMultiple }: ModelMetadata['input'],
  rule: DetectionResize,
  resized: ImageSize,
): ImageSize {
  const byRule = paddedSize(rule, [resized]);
  const lengthOf = (fixed: number, length: number): number =>
    fixed > 0 ? fixed : Math.ceil(length / sizeMultiple) * sizeMultiple;
  return { height: lengthOf(shape[1], byRule.height), width: lengthOf(shape[2], byRule.width) };
}

// [H, W, 3]
function placed(image: DecodedImage | FloatImage, size: ImageSize, padding: readonly number[]): Float32Array {
  const data = new Float32Array(size.width * size.height * 3);
  if (image.width < size.width || image.height < size.height) {
    for (let i = 0; i < data.length; i++) data[i] = padding[i % 3];
  }
  const rowLength = image.width * 3;
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * rowLength, (y + 1) * rowLength), y * size.width * 3);
  }
  return data;
}
