import type { AnchorShapes } from '@featuremine/boxes';

/**
 * Strength of random changes of colour, as in torchvision's ColorJitter: a factor from [1 − x, 1 + x] (hue: a shift
 * from [−x, x], x ≤ 0.5), in random order. 0 leaves that property as it is.
 */
export interface ColourJitterOptions {
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  readonly hue?: number;
}

/**
 * How an image becomes a square of `imageSize` pixels for classification.
 *
 * - `random-resized`: torchvision's RandomResizedCrop with its own settings;
 * - `pad`: zero padding on each side, then a crop of the image's own size (CIFAR), then resized if need be;
 * - `centre`: the short side to imageSize·256/224, then the central square;
 * - `stretch`: resized without regard to its aspect.
 */
export type ClassificationCrop =
  | { readonly kind: 'random-resized' }
  | { readonly kind: 'pad'; readonly padding?: number }
  | { readonly kind: 'centre' }
  | { readonly kind: 'stretch' };

/** Crop, then a horizontal flip (half of the images), then changes of colour. */
export interface ClassificationTransform {
  readonly crop: ClassificationCrop;
  readonly isFlipped?: boolean;
  readonly colourJitter?: ColourJitterOptions;
}

/**
 * How an image is brought to a size for detection.
 *
 * - `longest-side`: the longest side becomes `size`, aspect kept, padded to size×size;
 * - `stretch`: exactly width×height;
 * - `min-max`: torchvision's rule: the scale is min(minSize/short side, maxSize/long side), images of a batch are
 *   padded to their common maximum, rounded up to a multiple of 32. Several minSizes: one is drawn for each image.
 */
export type DetectionResize =
  | { readonly kind: 'longest-side'; readonly size: number }
  | { readonly kind: 'stretch'; readonly width: number; readonly height: number }
  | { readonly kind: 'min-max'; readonly minSize: number | readonly number[]; readonly maxSize: number };

/** Random changes of a detection image and its boxes. */
export interface DetectionAugmentation {
  /** Probability of a horizontal flip. */
  readonly flipProbability?: number;
  /** Probability of a vertical flip (0). */
  readonly verticalFlipProbability?: number;
  readonly colourJitter?: ColourJitterOptions;
}

/** How anchors are matched, and what difficult objects are in training. */
export interface MatchingOptions {
  /** Sizes and shapes of the anchors (RetinaNet's). */
  readonly anchors?: AnchorShapes;
  /** Whether each box's best anchors are foreground below the threshold too (true). */
  readonly allowLowQuality?: boolean;
  /**
   * `train`: difficult objects are objects like others (default, as detectron2 does); `ignore`: anchors matched to them
   * are ignored; `background`: as if they were not annotated.
   */
  readonly difficult?: 'train' | 'ignore' | 'background';
}

/** What happens to the last, short batch: dropped (training), padded to the batch size (evaluation), or left short. */
export type LastBatch = 'drop' | 'pad' | 'short';
