import { Random } from '@featuremine/random';
import { changeColours, drawColourJitter } from './colour-jitter';
import { decodeImage } from './decode-image';
import type { DetectionSample } from './detection-sample';
import { resizeBoxes, resizedSize } from './detection-resize';
import type { TargetBoxes } from './detection-targets';
import { flipBoxes, flipBoxesVertically, flipImage, flipImageVertically } from './flip';
import { cachedImage, keepImage } from './image-cache';
import type { ImageCache } from './image-cache';
import type { DecodedImage, FloatImage, ImageSize } from './image';
import { resizeBilinear } from './resize-bilinear';
import { resizeSmooth } from './resize-smooth';
import type { DetectionAugmentation, DetectionResize } from './transform-options';

/** A resized image and its ground truth in the same pixels. */
export interface LoadedDetectionImage {
  readonly image: DecodedImage | FloatImage;
  readonly originalSize: ImageSize;
  readonly target: TargetBoxes;
}

/** How `loadDetectionImage` works. */
export interface LoadDetectionOptions {
  readonly resize: DetectionResize;
  readonly pixels: 'uint8' | 'float32';
  readonly augmentation: DetectionAugmentation | undefined;
  readonly seed: number;
  readonly epoch: number;
  /** How often the image was in the epoch before: each time it is augmented anew. */
  readonly occurrence: number;
  readonly cache: ImageCache | undefined;
}

/** Decodes, resizes and augments one sample. @throws DatasetError that names the file. */
export async function loadDetectionImage(
  sample: DetectionSample,
  index: number,
  options: LoadDetectionOptions,
): Promise<LoadedDetectionImage> {
  const { resize, augmentation } = options;
  const random = augmentationRandom(options, index, options.occurrence);
  const sizeOf = (original: ImageSize): ImageSize =>
    resizedSize(resize, original, augmentation === undefined ? undefined : random);
  const { decoded, size, originalSize } = await decodedImage(sample, index, sizeOf, options);
  const isFlipped = augmentation !== undefined && random.chance(augmentation.flipProbability ?? 0);
  let image = resizedImage(decoded, { size, pixels: options.pixels, isFlipped });
  let boxes = resizeBoxes(sample.boxes, originalSize, image);
  if (isFlipped) boxes = flipBoxes(boxes, image.width);
  const upsideDown = augmentation?.verticalFlipProbability ?? 0;
  if (upsideDown > 0 && random.chance(upsideDown)) {
    image = flipImageVertically(image);
    boxes = flipBoxesVertically(boxes, image.height);
  }
  if (augmentation !== undefined) {
    image = changeColours(image, drawColourJitter(augmentation.colourJitter ?? {}, random));
  }
  return { image, originalSize, target: { boxes, labels: sample.labels, isDifficult: sample.isDifficult } };
}

/** What is drawn for one image of an epoch; first of all its size, where several are given. */
export function augmentationRandom(
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
  index: number,
  occurrence: number,
): Random {
  return Random.of(seed, 'augment', epoch, index, ...(occurrence > 0 ? [occurrence] : []));
}

function resizedImage(
  image: DecodedImage,
  options: { readonly size: ImageSize; readonly pixels: 'uint8' | 'float32'; readonly isFlipped: boolean },
): DecodedImage | FloatImage {
  const { size, pixels, isFlipped } = options;
  if (pixels === 'float32') return resizeBilinear(image, size, isFlipped);
  const isDone = image.width === size.width && image.height === size.height;
  if (!isDone) return resizeSmooth(image, size, undefined, isFlipped);
  return isFlipped ? flipImage(image) : image;
}

/** An image decoded wholly, or shrunk to its size while decoding, and the size that it shall have. */
interface DecodedSample {
  readonly decoded: DecodedImage;
  readonly size: ImageSize;
  readonly originalSize: ImageSize;
}

async function decodedImage(
  sample: DetectionSample,
  index: number,
  sizeOf: (original: ImageSize) => ImageSize,
  { pixels, cache }: LoadDetectionOptions,
): Promise<DecodedSample> {
  const annotated = isSizeKnown(sample) ? { width: sample.width, height: sample.height } : undefined;
  const kept = cache && annotated && cachedImage(cache, index);
  if (kept) return { decoded: kept, size: sizeOf(annotated), originalSize: annotated };
  let size: ImageSize | undefined;
  const { image, originalSize } = await decodeImage(sample.imagePath, {
    expectedSize: annotated,
    sizeFor: (original) => {
      size = sizeOf(original);
      const isShrunk = size.width <= original.width && size.height <= original.height;
      return pixels === 'uint8' && isShrunk ? size : undefined;
    },
  });
  if (cache !== undefined) keepImage(cache, index, image);
  return { decoded: image, size: size ?? originalSize, originalSize };
}

function isSizeKnown(sample: DetectionSample): boolean {
  return sample.width > 0 && sample.height > 0;
}
