import { ConfigError } from '@featuremine/errors';
import type { DetectionResize } from '@featuremine/vision-data';

/** The size flags as they are given. */
export interface SizeFlags {
  /** `N` (longest side, padded to a square) or `WxH` (stretched). */
  readonly imageSize?: string | undefined;
  /** torchvision's rule: the shorter side becomes this one … */
  readonly minSize?: number | readonly number[] | undefined;
  /** … unless the longer side would exceed this one. */
  readonly maxSize?: number | undefined;
}

/** The smallest image side, in pixels, at which every level of the pyramid still sees something. */
const SMALLEST_SIDE = 64;

/**
 * The resize rule that the size flags ask for; `undefined` when none is given.
 *
 * @throws ConfigError for a size that is malformed or too small, and for both kinds of flags together.
 */
export function resizeFrom({ imageSize, minSize, maxSize }: SizeFlags): DetectionResize | undefined {
  if (imageSize !== undefined && (minSize !== undefined || maxSize !== undefined)) {
    throw new ConfigError({
      where: '--image-size',
      found: 'it is given together with --min-size or --max-size',
      fix: 'Use --image-size N or WxH, or --min-size and --max-size (the rule of torchvision)',
    });
  }
  if (imageSize !== undefined) return fixedSize(imageSize);
  if (minSize === undefined && maxSize === undefined) return undefined;
  const smallest = minSize ?? 800;
  const largest =
    maxSize ??
    Math.round((Array.isArray(smallest) ? Math.max(...(smallest as number[])) : (smallest as number)) * (1333 / 800));
  for (const side of [smallest].flat()) checkSide('--min-size', side);
  checkSide('--max-size', largest);
  return { kind: 'min-max', minSize: smallest, maxSize: largest };
}

/** A short text for logs: `320 px, padded`, `320x240, stretched`, `600-1000 px`. */
export function describeResize(resize: DetectionResize): string {
  if (resize.kind === 'longest-side') return `${resize.size} px, padded`;
  if (resize.kind === 'stretch') return `${resize.width}x${resize.height}, stretched`;
  return `${[resize.minSize].flat().join('/')}-${resize.maxSize} px`;
}

function fixedSize(text: string): DetectionResize {
  const match = /^(\d+)(?:x(\d+))?$/i.exec(text.trim());
  if (!match) {
    throw new ConfigError({
      where: '--image-size',
      found: `"${text}"`,
      expected: 'N (longest side in pixels) or WxH',
      fix: 'Write for example --image-size 320 or --image-size 320x240',
    });
  }
  const width = Number(match[1]);
  checkSide('--image-size', width);
  if (match[2] === undefined) return { kind: 'longest-side', size: width };
  const height = Number(match[2]);
  checkSide('--image-size', height);
  return { kind: 'stretch', width, height };
}

function checkSide(where: string, side: number): void {
  if (side >= SMALLEST_SIDE) return;
  throw new ConfigError({
    where,
    found: `an image size of ${side} px is too small`,
    expected: `at least ${SMALLEST_SIDE} px`,
    fix: 'The smallest anchors are 32 px wide: enlarge the images until objects are about that big',
  });
}
