import { averagePrecision, precisionRecall, type ApRule } from './average-precision';
import type { ClassRanking } from './class-ranking';
import type { Detections } from './detections';
import type { ClassEvaluation, Evaluation } from './evaluation';
import type { GroundTruth } from './ground-truth';
import { iouLabel } from './iou-thresholds';
import { matchVoc } from './match-voc';

/** What is evaluated under the VOC protocol, and how. */
export interface VocOptions {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  /** `voc07`: 11 points; `voc10`: area under the curve. */
  readonly protocol: 'voc07' | 'voc10';
  /** A match needs at least this IoU; of several, the mean is taken. 0.5 by default. */
  readonly iouThresholds?: readonly number[];
  /** Whether box widths have the devkit's +1. True by default: the official numbers. */
  readonly isPixelInclusive?: boolean;
  /** Whether matches on difficult objects count neither way. True by default: the official numbers. */
  readonly ignoresDifficult?: boolean;
}

/**
 * Average precision of each class and their mean, as VOCdevkit's VOCevaldet computes it.
 *
 * Boxes are continuous ([xmin − 1, ymin − 1, xmax, ymax]), which is the devkit's +1 exactly. A class without ground
 * truth has `ap` null and is left out of the mean; one without detections has 0.
 *
 * Throws a DatasetError for detections that do not fit the ground truth.
 */
export function evaluateVoc(options: VocOptions): Evaluation {
  const { groundTruth, detections, protocol, iouThresholds = [0.5] } = options;
  const { rankings } = matchVoc({
    groundTruth,
    detections,
    iouThresholds,
    isPixelInclusive: options.isPixelInclusive ?? true,
    ignoresDifficult: options.ignoresDifficult ?? true,
  });
  const rule = vocApRule(protocol);
  const classes = rankings.map((ranking): [string, ClassEvaluation] => [
    groundTruth.classNames[ranking.classId],
    {
      ap: rankingAp(ranking, rule),
      groundTruths: ranking.positives,
      detections: ranking.order.length,
    },
  ]);
  return {
    protocol,
    iou: iouLabel(iouThresholds),
    mAP: meanAp(classes.map(([, { ap }]) => ap)),
    classes: Object.fromEntries(classes),
  };
}

/** How a VOC protocol turns a curve into a number. */
export function vocApRule(protocol: 'voc07' | 'voc10'): ApRule {
  return protocol === 'voc07' ? 'eleven-points' : 'area';
}

/** AP of a ranking, the mean over its IoU thresholds; null without positives. */
export function rankingAp(ranking: ClassRanking, rule: ApRule): number | null {
  if (ranking.positives === 0) return null;
  let sum = 0;
  for (const outcomes of ranking.outcomes) sum += averagePrecision(precisionRecall(outcomes, ranking.positives), rule);
  return sum / ranking.outcomes.length;
}

/** The mean of those that are not null; null when all are. */
export function meanAp(aps: readonly (number | null)[]): number | null {
  const counted = aps.filter((ap) => ap !== null);
  return counted.length === 0 ? null : counted.reduce((sum, ap) => sum + ap, 0) / counted.length;
}
