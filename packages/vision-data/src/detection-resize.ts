import { ConfigError } from '@featuremine/errors';
import type { Random } from '@featuremine/random';
import type { ImageSize } from './image';
import type { DetectionResize } from './transform-options';

/** Padded sizes are multiples of this in the `min-max` mode, as in torchvision. */
const SIZE_MULTIPLE = 32;

/**
 * The size to which an image is resized.
 *
 * With several minSizes, one is drawn from `random`; without `random` the last is taken, as torchvision does in
 * evaluation. `min-max` rounds down in double arithmetic, exactly as torch's `interpolate(recompute_scale_factor=True)`.
 *
 * Source: torchvision models/detection/transform.py, _resize_image_and_masks.
 */
export function resizedSize(resize: DetectionResize, image: ImageSize, random?: Random): ImageSize {
  const { width, height } = image;
  switch (resize.kind) {
    case 'stretch':
      return { width: resize.width, height: resize.height };
    case 'longest-side': {
      const scale = resize.size / Math.max(width, height);
      return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
    }
    case 'min-max': {
      const minSize = chooseMinSize(resize.minSize, random);
      const scale = Math.min(minSize / Math.min(width, height), resize.maxSize / Math.max(width, height));
      return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
    }
  }
}

/** The padded size of a batch whose images were resized to `sizes`. */
export function paddedSize(resize: DetectionResize, sizes: readonly ImageSize[]): ImageSize {
  if (resize.kind === 'stretch') return { width: resize.width, height: resize.height };
  if (resize.kind === 'longest-side') return { width: resize.size, height: resize.size };
  const roundUp = (length: number): number => Math.ceil(length / SIZE_MULTIPLE) * SIZE_MULTIPLE;
  return {
    width: roundUp(Math.max(...sizes.map((size) => size.width))),
    height: roundUp(Math.max(...sizes.map((size) => size.height))),
  };
}

/**
 * Boxes [G, 4] moved from an image of one size to the same image of another: forward for ground truth, and backward
 * (`from` = the resized image, `to` = the image in its file) for detections. Each axis has its own ratio, in float32.
 *
 * Source: torchvision models/detection/transform.py, resize_boxes.
 */
export function resizeBoxes(boxes: Float32Array, from: ImageSize, to: ImageSize): Float32Array {
  const ratioX = Math.fround(to.width / from.width);
  const ratioY = Math.fround(to.height / from.height);
  return boxes.map((value, i) => value * (i % 2 === 0 ? ratioX : ratioY));
}

/**
 * Refuses sizes that no detector takes. @throws ConfigError naming the value: a side is 32…4096 px, and a minSize is
 * not above the maxSize.
 */
export function checkResize(resize: DetectionResize): void {
  const minSizes = resize.kind === 'min-max' ? [resize.minSize].flat() : [];
  const sides =
    resize.kind === 'stretch'
      ? [resize.width, resize.height]
      : resize.kind === 'longest-side'
        ? [resize.size]
        : [...minSizes, resize.maxSize];
  const wrong = sides.find((side) => !Number.isInteger(side) || side < 32 || side > 4096);
  if (wrong !== undefined || sides.length === 0) {
    throw new ConfigError({
      where: `image size (${resize.kind})`,
      found: `${wrong ?? 'no size'}`,
      expected: 'whole numbers of pixels from 32 to 4096',
      fix: 'Choose another size, such as 320',
    });
  }
  if (resize.kind === 'min-max' && minSizes.some((minSize) => minSize > resize.maxSize)) {
    throw new ConfigError({
      where: 'image size (min-max)',
      found: `the short side ${Math.max(...minSizes)} is above the long side's limit ${resize.maxSize}`,
      fix: 'Raise --max-size, or lower --min-size',
    });
  }
}

function chooseMinSize(minSize: number | readonly number[], random: Random | undefined): number {
  if (typeof minSize === 'number') return minSize;
  return random === undefined || minSize.length === 1 ? minSize[minSize.length - 1] : random.pick(minSize);
}
