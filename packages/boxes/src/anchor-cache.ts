import { RETINANET_ANCHORS, retinanetAnchors } from './anchor-grid';
import type { AnchorShapes } from './anchor-grid';

const KEPT = 16;
const cache = new Map<string, Float32Array>();

/** RetinaNet's anchors `[R, 4]` for a padded size in pixels, made once for each of the latest 16 sizes and shapes. */
export function anchorsFor(
  paddedSize: { readonly width: number; readonly height: number },
  shapes: AnchorShapes = RETINANET_ANCHORS,
): Float32Array {
  const { width, height } = paddedSize;
  const key = `${width}x${height}, ${shapes.sizes.join()}, ${shapes.ratios.join()}`;
  const anchors = cache.get(key) ?? retinanetAnchors(width, height, shapes);
  cache.delete(key);
  cache.set(key, anchors);
  if (cache.size > KEPT) cache.delete(cache.keys().next().value!);
  return anchors;
}
