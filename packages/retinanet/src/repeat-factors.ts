import type { Random } from '@featuremine/random';

/**
 * How often each image is in an epoch on average, so that images with rare classes are seen more often: the largest
 * max(1, √(threshold / share)) of its classes, where a class's share is that of the images which have it.
 *
 * Source: Gupta et al., LVIS, 2019, appendix B.2 (repeat factor sampling).
 */
export function repeatFactors(
  images: readonly { readonly labels: ArrayLike<number> }[],
  threshold: number,
): Float64Array {
  const counts = new Map<number, number>();
  const classesOf = images.map(({ labels }) => new Set(Array.from(labels)));
  for (const classes of classesOf) for (const id of classes) counts.set(id, (counts.get(id) ?? 0) + 1);
  const factorOf = (id: number): number => Math.max(1, Math.sqrt((threshold * images.length) / counts.get(id)!));
  return Float64Array.from(classesOf, (classes) => Math.max(1, ...[...classes].map(factorOf)));
}

/** The images of an epoch on average, rounded down: what every epoch has at least. */
export function repeatedCount(factors: Float64Array): number {
  // A sum of factors such as 1.1 may fall short of a whole number by rounding.
  return Math.floor(factors.reduce((sum, factor) => sum + factor, 0) + 1e-9);
}

/**
 * The images of one epoch: image i is there ⌊factor⌋ or ⌈factor⌉ times, `factor` times on average over epochs. Their
 * number is `repeatedCount`.
 */
export function drawRepeats(factors: Float64Array, random: Random): Int32Array {
  const chosen: number[] = [];
  const offset = random.uniform();
  let sum = 0;
  factors.forEach((factor, image) => {
    const from = Math.floor(sum + offset);
    sum += factor;
    for (let i = from; i < Math.floor(sum + offset + 1e-9); i++) chosen.push(image);
  });
  const shuffled = Int32Array.from(random.permutation(chosen.length), (place) => chosen[place]);
  return shuffled.subarray(0, repeatedCount(factors));
}
