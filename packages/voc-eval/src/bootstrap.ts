import { Random } from '@featuremine/random';
import { averagePrecisionOf, type ApRule } from './average-precision';
import { outcome, type ClassRanking } from './class-ranking';
import type { Judgement } from './judge';

/** AP over images drawn with replacement: B resamples. */
export interface Resamples {
  /** [B] mean AP over the classes that have objects in the resample; NaN when none has. */
  readonly mAP: Float64Array;
  /** [K] each [B], NaN where the class has no object in the resample. */
  readonly classes: readonly Float64Array[];
}

/** A 95 % interval: the 2.5th and the 97.5th percentile of the resamples. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How images are drawn. */
export interface BootstrapOptions {
  /** B, 1000 by default. */
  readonly resamples?: number;
  /** 0 by default; the same seed draws the same images, whatever is judged. */
  readonly seed?: number;
}

/**
 * AP of each class and their mean on B sets of images, each as many as there are, drawn with replacement.
 *
 * Matching never crosses images, so no detection is judged anew: an image that is drawn n times counts n times.
 * Judgements with the same images and seed see the same draws, which pairs them.
 */
export function bootstrap(judgement: Judgement, options: BootstrapOptions = {}): Resamples {
  const { resamples = 1000, seed = 0 } = options;
  const imageCount = judgement.groundTruth.images.length;
  const mAP = new Float64Array(resamples);
  const classes = judgement.rankings.map((ranking) => new WeightedAp(ranking, judgement));
  const classAps = classes.map(() => new Float64Array(resamples));
  const weights = new Int32Array(imageCount);
  for (let b = 0; b < resamples; b++) {
    const random = Random.of(seed, 'bootstrap', b);
    weights.fill(0);
    for (let i = 0; i < imageCount; i++) weights[random.integer(imageCount)]++;
    let sum = 0;
    let count = 0;
    classes.forEach((weighted, k) => {
      const ap = weighted.ap(weights);
      classAps[k][b] = ap;
      if (Number.isNaN(ap)) return;
      sum += ap;
      count++;
    });
    mAP[b] = count === 0 ? NaN : sum / count;
  }
  return { mAP, classes: classAps };
}

/** The 95 % interval of resampled values, those that are numbers; undefined when none is. */
export function interval(values: Float64Array): Interval | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** AP of one class when each image counts so many times. */
class WeightedAp {
  private readonly images: Int32Array[];
  private readonly isTrue: Uint8Array[];
  private readonly positiveImages: Int32Array;
  private readonly recall: Float64Array;
  private readonly precision: Float64Array;
  private readonly rule: ApRule;

  constructor(ranking: ClassRanking, { detections, rule }: Judgement) {
    const { order, outcomes, positiveImages } = ranking;
    this.rule = rule;
    this.positiveImages = positiveImages;
    this.images = outcomes.map((judged) => {
      return order.filter((_, place) => judged[place] !== outcome.ignored).map((row) => detections.imageIndex[row]);
    });
    this.isTrue = outcomes.map((judged) => Uint8Array.from(judged.filter((value) => value !== outcome.ignored)));
    this.recall = new Float64Array(ranking.positives);
    this.precision = new Float64Array(ranking.positives);
  }

  ap(weights: Int32Array): number {
    let positives = 0;
    for (const image of this.positiveImages) positives += weights[image];
    if (positives === 0) return NaN;
    let sum = 0;
    for (let t = 0; t < this.images.length; t++) sum += this.apAt(t, weights, positives);
    return sum / this.images.length;
  }

  private apAt(t: number, weights: Int32Array, positives: number): number {
    const { recall, precision } = this;
    const images = this.images[t];
    const isTrue = this.isTrue[t];
    let points = 0;
    let found = 0;
    let counted = 0;
    for (let i = 0; i < images.length; i++) {
      const weight = weights[images[i]];
      counted += weight;
      if (isTrue[i] === 0 || weight === 0) continue;
      found += weight;
      recall[points] = found / positives;
      precision[points++] = found / counted;
    }
    for (let i = points - 2; i >= 0; i--) if (precision[i + 1] > precision[i]) precision[i] = precision[i + 1];
    return averagePrecisionOf(recall, precision, points, this.rule);
  }
}
