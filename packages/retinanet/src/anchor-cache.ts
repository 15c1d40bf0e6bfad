import { RETINANET_ANCHORS, retinanetAnchors } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';

const KEPT = 16;
const cache = new Map<string, Float32Array>();

/** The anchors `[R, 4]` of all levels for a padded size, made once for each of the latest sizes. */
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
