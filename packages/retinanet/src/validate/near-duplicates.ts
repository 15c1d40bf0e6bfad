import { correlation, hashDistance, mirroredSignature } from './perceptual-hash';
import type { ImageSignature } from './perceptual-hash';

/** Two images that show the same. */
export interface NearDuplicate {
  readonly first: string;
  readonly second: string;
  /** True when one is the other mirrored left to right. */
  readonly isMirrored: boolean;
  /** Of the thumbnails, up to 1. */
  readonly correlation: number;
}

/** An image file and its signature. */
export type SignedImage = readonly [path: string, signature: ImageSignature];

/** Bits of 256 that may differ: unrelated photographs differ in about 125, and rarely in less than 60. */
const MAX_DISTANCE = 56;
const MIN_CORRELATION = 0.9;

/**
 * Pairs of images that show the same: one of `first` and one of `second`, or two of `first` when `second` is not given.
 *
 * Copies that were resized, compressed anew, made brighter, mirrored, or cropped by a few per cent are found. A pair is
 * looked at when its hashes are near, and counts when its thumbnails correlate too.
 */
export function nearDuplicates(
  first: readonly SignedImage[],
  second: readonly SignedImage[] | undefined,
): NearDuplicate[] {
  const pairs: NearDuplicate[] = [];
  first.forEach(([path, signature], i) => {
    const mirrored = mirroredSignature(signature);
    for (const [otherPath, other] of second ?? first.slice(i + 1)) {
      const plain = likeness(signature, other);
      const turned = likeness(mirrored, other);
      const best = Math.max(plain, turned);
      if (best < MIN_CORRELATION) continue;
      pairs.push({ first: path, second: otherPath, isMirrored: turned > plain, correlation: best });
    }
  });
  return pairs.sort((a, b) => b.correlation - a.correlation);
}

function likeness(a: ImageSignature, b: ImageSignature): number {
  return hashDistance(a.hash, b.hash) > MAX_DISTANCE ? -1 : correlation(a.thumbnail, b.thumbnail);
}
