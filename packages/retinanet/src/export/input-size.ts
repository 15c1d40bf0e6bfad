import { ConfigError } from '@featuremine/errors';
import type { DetectionResize } from '@featuremine/vision-data';

/** The height and width that an exported network takes; `dynamic`: any multiples of SIZE_MULTIPLE. */
export type InputSize = { readonly height: number; readonly width: number } | 'dynamic';

/** Sides of a network for any size are multiples of this, so that every level of the pyramid fits the next. */
export const SIZE_MULTIPLE = 32;

/**
 * The input size of an export: fixed where the way of resizing gives one, unless `wished` says otherwise.
 *
 * @throws ConfigError for a fixed size where images keep sizes of their own
 */
export function inputSizeOf(resize: DetectionResize, wished?: 'fixed' | 'dynamic'): InputSize {
  if (wished === 'dynamic') return 'dynamic';
  switch (resize.kind) {
    case 'longest-side':
      return { height: resize.size, width: resize.size };
    case 'stretch':
      return { height: resize.height, width: resize.width };
    case 'min-max':
      if (wished === undefined) return 'dynamic';
      throw new ConfigError({
        where: '--input-size fixed',
        found: `images of many sizes (min-max ${[resize.minSize].flat().join('/')}-${resize.maxSize})`,
        expected: 'one size',
        fix: 'Add --image-size N or WxH, or use --input-size dynamic',
      });
  }
}
