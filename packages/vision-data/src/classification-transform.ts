import type { Random } from '@featuremine/random';
import { changeColours, drawColourJitter } from './colour-jitter';
import { flipImage } from './flip';
import type { DecodedImage, ImagePart, ImageSize } from './image';
import { padCrop } from './pad-crop';
import { drawResizedCrop } from './random-resized-crop';
import { neededPart, resizeSmooth } from './resize-smooth';
import type { Region } from './resize-smooth';
import type { ClassificationCrop, ClassificationTransform } from './transform-options';

/** RandomResizedCrop's share of the area, and width/height. */
const RESIZED_CROP = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } as const;
/** The short side of the image, of whose centre a square is taken, in sides of that square. */
const CENTRE_FACTOR = 256 / 224;

/**
 * Crops, flips and recolours an image; the result is `imageSize` square. A pure function of its arguments, and the same
 * of a part of the image that has what `partFor` says.
 */
export function transformForClassification(
  image: DecodedImage | ImagePart,
  options: { readonly transform: ClassificationTransform; readonly imageSize: number },
  random: Random,
): DecodedImage {
  const { transform, imageSize } = options;
  const { crop, isFlipped, colourJitter } = transform;
  const square = { width: imageSize, height: imageSize };
  let result: DecodedImage;
  if (crop.kind === 'pad') {
    const cropped = padCrop(image, crop.padding ?? 4, random);
    result = image.width === imageSize && image.height === imageSize ? cropped : resizeSmooth(cropped, square);
    if (isFlipped === true && random.chance(0.5)) result = flipImage(result);
  } else {
    const region = regionOf(crop, { image: 'whole' in image ? image.whole : image, imageSize, random });
    result = resizeSmooth(image, square, region, isFlipped === true && random.chance(0.5));
  }
  if (colourJitter === undefined) return result;
  return changeColours(result, drawColourJitter(colourJitter, random));
}

/** The part of an image that `transformForClassification` reads, with the same `random`; undefined for all of it. */
export function partFor(
  { transform, imageSize }: { readonly transform: ClassificationTransform; readonly imageSize: number },
  random: Random,
): (image: ImageSize) => Region | undefined {
  const { crop } = transform;
  return (image) => {
    if (crop.kind !== 'random-resized' && crop.kind !== 'centre') return undefined;
    const region = regionOf(crop, { image, imageSize, random });
    return neededPart(region, { width: imageSize, height: imageSize }, image);
  };
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

function regionOf(
  crop: Exclude<ClassificationCrop, { readonly kind: 'pad' }>,
  { image, imageSize, random }: { readonly image: ImageSize; readonly imageSize: number; readonly random: Random },
): Region {
  switch (crop.kind) {
    case 'random-resized':
      return drawResizedCrop(image, RESIZED_CROP, random);
    case 'centre':
      return centreRegion(image, imageSize);
    case 'stretch':
      return { left: 0, top: 0, width: image.width, height: image.height };
  }
}

// What the central square of the resized image covers in the image itself.
function centreRegion(image: ImageSize, imageSize: number): Region {
  const shortSide = Math.max(imageSize, Math.round(imageSize * CENTRE_FACTOR));
  const isWide = image.width >= image.height;
  const longSide = Math.floor((shortSide * Math.max(image.width, image.height)) / Math.min(image.width, image.height));
  const scaleX = image.width / (isWide ? longSide : shortSide);
  const scaleY = image.height / (isWide ? shortSide : longSide);
  const left = Math.round(((isWide ? longSide : shortSide) - imageSize) / 2);
  const top = Math.round(((isWide ? shortSide : longSide) - imageSize) / 2);
  return { left: left * scaleX, top: top * scaleY, width: imageSize * scaleX, height: imageSize * scaleY };
}
