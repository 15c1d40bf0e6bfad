import { ConfigError } from '@featuremine/errors';
import { bootstrap, interval, type BootstrapOptions, type Interval } from './bootstrap';
import { meanAp, rankingAp } from './evaluate-voc';
import type { Judgement } from './judge';

/** One number of A, of B, and B − A with its 95 % interval over images. */
export interface Comparison {
  readonly a: number | null;
  readonly b: number | null;
  readonly difference: number | null;
  /** Of the difference; absent where A and B have no number. */
  readonly interval?: Interval;
  /** Two-sided: twice the share of resamples on the rarer side of zero difference, at least 1 / B; absent as above. */
  readonly pValue?: number;
}

/** Two sets of detections of the same images, compared. */
export interface PairedComparison {
  readonly mAP: Comparison;
  readonly classes: Readonly<Record<string, Comparison>>;
}

/**
 * The difference between two sets of detections, B − A, with a paired bootstrap: both see the same drawn images.
 *
 * Throws a ConfigError when the two were not judged against the same classes and images.
 */
export function comparePaired(a: Judgement, b: Judgement, options: BootstrapOptions = {}): PairedComparison {
  const isSame =
    a.groundTruth.images.length === b.groundTruth.images.length &&
    a.groundTruth.classNames.join('\n') === b.groundTruth.classNames.join('\n') &&
    a.protocol === b.protocol;
  if (!isSame) {
    throw new ConfigError({
      where: 'compare',
      found: 'two different ground truths or protocols',
      expected: 'the same images, classes and protocol for both',
      fix: 'Judge both against one ground truth',
    });
  }
  const resampled = [bootstrap(a, options), bootstrap(b, options)];
  const aps = [a, b].map(({ rankings, rule }) => rankings.map((ranking) => rankingAp(ranking, rule)));
  return {
    mAP: compareOne(meanAp(aps[0]), meanAp(aps[1]), resampled[0].mAP, resampled[1].mAP),
    classes: Object.fromEntries(
      a.groundTruth.classNames.map((name, k) => [
        name,
        compareOne(aps[0][k], aps[1][k], resampled[0].classes[k], resampled[1].classes[k]),
      ]),
    ),
  };
}

function compareOne(a: number | null, b: number | null, ofA: Float64Array, ofB: Float64Array): Comparison {
  if (a === null || b === null) return { a, b, difference: null };
  const differences = ofB.map((value, i) => value - ofA[i]).filter((value) => !Number.isNaN(value));
  const between = interval(differences);
  if (between === undefined) return { a, b, difference: b - a };
  const atMost = differences.filter((value) => value <= 0).length;
  const atLeast = differences.filter((value) => value >= 0).length;
  const pValue = Math.min(1, (2 * Math.max(1, Math.min(atMost, atLeast))) / differences.length);
  return { a, b, difference: b - a, interval: between, pValue };
}
