import type { Random } from '@featuremine/random';
import { changeColours, drawColourJitter } from './colour-jitter';
import { flipImage } from './flip';
import type { DecodedImage, ImageSize } from './image';
import { padCrop } from './pad-crop';
import { drawResizedCrop } from './random-resized-crop';
import { resizeSmooth } from './resize-smooth';
import type { Region } from './resize-smooth';
import type { ClassificationCrop, ClassificationTransform } from './transform-options';

const DEFAULT_SCALE = [0.08, 1] as const;
const DEFAULT_RATIO = [3 / 4, 4 / 3] as const;

/** Crops, flips and recolours an image; the result is `imageSize` square. A pure function of its arguments. */
export function transformForClassification(
  image: DecodedImage,
  options: { readonly transform: ClassificationTransform; readonly imageSize: number },
  random: Random,
): DecodedImage {
  const { transform, imageSize } = options;
  let result = cropToSquare(image, transform.crop, imageSize, random);
  if (transform.isFlipped === true && random.chance(0.5)) result = flipImage(result);
  if (transform.colourJitter !== undefined) {
    result = changeColours(result, drawColourJitter(transform.colourJitter, random));
  }
  return result;
}

/**
 * The size to which an image may be shrunk while it is decoded, or undefined for its own size: random crops are taken
 * from an image whose short side is twice the crop's, evaluation always from all pixels.
 */
export function decodeSizeFor(
  crop: ClassificationCrop,
  imageSize: number,
): (image: ImageSize) => ImageSize | undefined {
  return ({ width, height }) => {
    const scale = (2 * imageSize) / Math.min(width, height);
    if (crop.kind !== 'random-resized' || scale >= 1) return undefined;
    return { width: Math.round(width * scale), height: Math.round(height * scale) };
  };
}

function cropToSquare(image: DecodedImage, crop: ClassificationCrop, imageSize: number, random: Random): DecodedImage {
  const square = { width: imageSize, height: imageSize };
  switch (crop.kind) {
    case 'random-resized': {
      const { scale = DEFAULT_SCALE, ratio = DEFAULT_RATIO } = crop;
      return resizeSmooth(image, square, drawResizedCrop(image, { scale, ratio }, random));
    }
    case 'pad': {
      const cropped = padCrop(image, crop.padding ?? 4, random);
      return image.width === imageSize && image.height === imageSize ? cropped : resizeSmooth(cropped, square);
    }
    case 'centre':
      return resizeSmooth(image, square, centreRegion(image, imageSize, crop.resizeFactor ?? 256 / 224));
    case 'stretch':
      return image.width === imageSize && image.height === imageSize ? image : resizeSmooth(image, square);
  }
}

// What the central square of the resized image covers in the image itself.
function centreRegion(image: ImageSize, imageSize: number, resizeFactor: number): Region {
  const shortSide = Math.max(imageSize, Math.round(imageSize * resizeFactor));
  const isWide = image.width >= image.height;
  const longSide = Math.floor((shortSide * Math.max(image.width, image.height)) / Math.min(image.width, image.height));
  const scaleX = image.width / (isWide ? longSide : shortSide);
  const scaleY = image.height / (isWide ? shortSide : longSide);
  const left = Math.round(((isWide ? longSide : shortSide) - imageSize) / 2);
  const top = Math.round(((isWide ? shortSide : longSide) - imageSize) / 2);
  return { left: left * scaleX, top: top * scaleY, width: imageSize * scaleX, height: imageSize * scaleY };
}
