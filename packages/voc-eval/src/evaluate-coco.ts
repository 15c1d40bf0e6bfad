import { averagePrecision, precisionRecall, type PrecisionRecall } from './average-precision';
import { checkDetections, type Detections } from './detections';
import type { ClassEvaluation, Evaluation } from './evaluation';
import type { GroundTruth } from './ground-truth';
import { cocoIouThresholds, iouLabel } from './iou-thresholds';
import { MOST_DETECTIONS, forEachCocoClass, type AreaRange } from './match-coco';
import { objectTable, type DifficultRule } from './object-table';

/** What is evaluated under the COCO protocol, and how. */
export interface CocoOptions {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  /** What VOC's difficult objects become: `ignore` (a match on one is dropped), `crowd`, or `ordinary` ones. */
  readonly difficult?: DifficultRule;
}

/** COCO's twelve numbers, 0 … 1, −1 where no class has such objects; mAP is AP. */
export interface CocoEvaluation extends Evaluation {
  readonly protocol: 'coco';
  readonly mAP: number;
  /** Mean over IoU 0.50:0.95. */
  readonly AP: number;
  readonly AP50: number;
  readonly AP75: number;
  /** Objects below 32² px². */
  readonly APs: number;
  /** Objects of 32² to 96² px². */
  readonly APm: number;
  /** Objects above 96² px². */
  readonly APl: number;
  /** Recall with one detection an image and class. */
  readonly AR1: number;
  readonly AR10: number;
  readonly AR100: number;
  readonly ARs: number;
  readonly ARm: number;
  readonly ARl: number;
}

/** The size ranges in px², as pycocotools has them: an area of exactly 32² is small and medium. */
export const cocoAreaRanges = {
  all: [0, 1e10],
  small: [0, 1024],
  medium: [1024, 9216],
  large: [9216, 1e10],
} as const satisfies Record<string, AreaRange>;

type Size = keyof typeof cocoAreaRanges;
const sizes = Object.keys(cocoAreaRanges) as Size[];

/**
 * COCO's twelve numbers for boxes, and AP per class (−1 for a class without ground truth), equal to pycocotools.
 *
 * Throws a DatasetError for detections that do not fit the ground truth.
 */
export function evaluateCoco(options: CocoOptions): CocoEvaluation {
  const { groundTruth, detections, difficult = 'ignore' } = options;
  checkDetections(groundTruth, detections);
  const objects = objectTable(groundTruth, difficult);
  const means = new Means();
  const classes: [string, ClassEvaluation][] = [];
  const detectionCounts = new Int32Array(groundTruth.classNames.length);
  for (const classId of detections.classId) detectionCounts[classId]++;

  const matching = {
    objects,
    detections,
    imageCount: groundTruth.images.length,
    iouThresholds: cocoIouThresholds,
  };
  forEachCocoClass(matching, (cocoClass) => {
    const { classId, rankInImage } = cocoClass;
    let ap = -1;
    let groundTruths = 0;
    for (const size of sizes) {
      const ranking = cocoClass.match(cocoAreaRanges[size]);
      const { positives } = ranking;
      if (size === 'all') groundTruths = positives;
      if (positives === 0) continue;
      const curves = ranking.outcomes.map((outcomes) => precisionRecall(outcomes, positives));
      const aps = curves.map((curve) => averagePrecision(curve, 'hundred-one-points'));
      const recallWithin = (most: number): number =>
        meanRecall(curves, positives, (place) => rankInImage[place] < most);
      means.add(`AP ${size}`, mean(aps));
      means.add(`AR ${size}`, recallWithin(MOST_DETECTIONS));
      if (size !== 'all') continue;
      ap = mean(aps);
      means.add('AP50', aps[0]);
      means.add('AP75', aps[5]);
      means.add('AR1', recallWithin(1));
      means.add('AR10', recallWithin(10));
    }
    classes.push([groundTruth.classNames[classId], { ap, groundTruths, detections: detectionCounts[classId] }]);
  });

  return {
    protocol: 'coco',
    iou: iouLabel(cocoIouThresholds),
    mAP: means.of('AP all'),
    AP: means.of('AP all'),
    AP50: means.of('AP50'),
    AP75: means.of('AP75'),
    APs: means.of('AP small'),
    APm: means.of('AP medium'),
    APl: means.of('AP large'),
    AR1: means.of('AR1'),
    AR10: means.of('AR10'),
    AR100: means.of('AR all'),
    ARs: means.of('AR small'),
    ARm: means.of('AR medium'),
    ARl: means.of('AR large'),
    classes: Object.fromEntries(classes),
  };
}

/** Recall, averaged over the thresholds, of the true positives at the places that count. */
function meanRecall(curves: readonly PrecisionRecall[], positives: number, counts: (place: number) => boolean): number {
  let found = 0;
  for (const { place } of curves) for (const at of place) if (counts(at)) found++;
  return found / positives / curves.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Means by name over the classes that had a value. */
class Means {
  private readonly sums = new Map<string, { sum: number; count: number }>();

  add(name: string, value: number): void {
    const so = this.sums.get(name) ?? { sum: 0, count: 0 };
    this.sums.set(name, { sum: so.sum + value, count: so.count + 1 });
  }

  of(name: string): number {
    const so = this.sums.get(name);
    return so === undefined ? -1 : so.sum / so.count;
  }
}
