import { retinanetAnchors } from '@featuremine/boxes';

const KEPT = 16;
const cache = new Map<string, Float32Array>();

/** torchvision's anchors `[R, 4]` of all levels for a padded size, made once for each of the latest sizes. */
export function anchorsFor(paddedSize: { readonly width: number; readonly height: number }): Float32Array {
  const { width, height } = paddedSize;
  const key = `${width}x${height}`;
  const anchors = cache.get(key) ?? retinanetAnchors(width, height);
  cache.delete(key);
  cache.set(key, anchors);
  if (cache.size > KEPT) cache.delete(cache.keys().next().value!);
  return anchors;
}
