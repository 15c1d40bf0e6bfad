import type { FaultKind, VocBox } from '@featuremine/voc';

/** Pixels by which a box may reach beyond its image without being a fault: COCO's numbers are rounded. */
const ROUNDING_PX = 1;

/** A box that is sound, trimmed to its image; or what is wrong with it, with what trimming leaves of it. */
export type JudgedCocoBox =
  | { readonly box: VocBox; readonly kind?: undefined }
  | { readonly box: VocBox | undefined; readonly kind: FaultKind; readonly found: string };

/**
 * Judges a box [x1, y1, x2, y2] of an image whose size may be unknown (0): it needs area, and must not reach beyond the
 * image by a pixel or more.
 */
export function judgeCocoBox(
  box: VocBox,
  { width, height }: { readonly width: number; readonly height: number },
): JudgedCocoBox {
  const [x1, y1, x2, y2] = box;
  const right = width > 0 ? width : Infinity;
  const bottom = height > 0 ? height : Infinity;
  const trimmed: VocBox = [Math.max(0, x1), Math.max(0, y1), Math.min(right, x2), Math.min(bottom, y2)];
  const hasArea = trimmed[2] > trimmed[0] && trimmed[3] > trimmed[1];
  const shown = `the box [x ${x1}, y ${y1}, width ${x2 - x1}, height ${y2 - y1}]`;
  if (!(x2 > x1 && y2 > y1)) return { box: undefined, kind: 'zero-area-box', found: `${shown} has no area` };
  const beyond = Math.max(-x1, -y1, x2 - right, y2 - bottom);
  if (hasArea && beyond < ROUNDING_PX) return { box: trimmed };
  const found = `${shown} reaches beyond the image of ${width}x${height}`;
  return { box: hasArea ? trimmed : undefined, kind: 'outside-image', found };
}
