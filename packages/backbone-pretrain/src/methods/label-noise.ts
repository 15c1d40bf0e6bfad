import { Random } from '@featuremine/random';

/** Names that `--noise-kind` takes: any other class, or the next one. */
export const NOISE_KINDS = ['symmetric', 'pair'] as const;
/** Which class a false label names, by the noise's name. */
export type NoiseKind = (typeof NOISE_KINDS)[number];

/**
 * The labels of a training set after a share of them has been falsified: to any other class (each as likely) or to the
 * next class. Each image's label is drawn on its own, from the seed and its index.
 *
 * Source: Han et al., Co-teaching, 2018, whose transition matrices these are.
 */
export function noisyLabels(
  labels: ArrayLike<number>,
  {
    kind,
    share,
    numClasses,
    seed,
  }: {
    readonly kind: NoiseKind;
    readonly share: number;
    readonly numClasses: number;
    readonly seed: number;
  },
): Int32Array {
  return Int32Array.from(labels, (label, index) => {
    const random = Random.of(seed, 'label-noise', index);
    if (!random.chance(share)) return label;
    return (label + (kind === 'pair' ? 1 : 1 + random.integer(numClasses - 1))) % numClasses;
  });
}
