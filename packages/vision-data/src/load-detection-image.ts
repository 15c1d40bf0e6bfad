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

/** An image, decoded and ready to be resized, and its ground truth in pixels of the resized one. */
export interface LoadedDetectionImage {
  /** That of the resized image. */
  readonly size: ImageSize;
  readonly originalSize: ImageSize;
  /** Resizes and augments the image; real numbers are put into the memory, which has room for them. */
  readonly resized: (memory?: Float32Array) => DecodedImage | FloatImage;
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

/** Decodes one sample, and draws how it is resized and augmented. @throws DatasetError that names the file. */
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
  let boxes = resizeBoxes(sample.boxes, originalSize, size);
  if (isFlipped) boxes = flipBoxes(boxes, size.width);
  const upsideDown = augmentation?.verticalFlipProbability ?? 0;
  const isUpsideDown = upsideDown > 0 && random.chance(upsideDown);
  if (isUpsideDown) boxes = flipBoxesVertically(boxes, size.height);
  const colours = augmentation === undefined ? [] : drawColourJitter(augmentation.colourJitter ?? {}, random);
  return {
    ...{ size, originalSize, target: { boxes, labels: sample.labels, isDifficult: sample.isDifficult } },
    resized: (memory) => {
      const image = resizedImage(decoded, { size, pixels: options.pixels, isFlipped, memory });
      return changeColours(isUpsideDown ? flipImageVertically(image) : image, colours);
    },
  };
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
  options: {
    readonly size: ImageSize;
    readonly pixels: 'uint8' | 'float32';
    readonly isFlipped: boolean;
    readonly memory: Float32Array | undefined;
  },
): DecodedImage | FloatImage {
  const { size, pixels, isFlipped, memory } = options;
  if (pixels === 'float32') return resizeBilinear(image, size, { isMirrored: isFlipped, memory });
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
