import { outcome } from './class-ranking';

/** How a precision-recall curve becomes one number. */
export type ApRule = 'eleven-points' | 'area' | 'hundred-one-points' | 'hundredths';

/** The curve of one class, at the detections that raise recall; P points. */
export interface PrecisionRecall {
  /** [P] true positives so far over all positives, rising. */
  readonly recall: Float64Array;
  /** [P] true positives over true and false positives so far. */
  readonly precision: Float64Array;
  /** [P] place in the ranking of the detection that made the point. */
  readonly place: Int32Array;
}

/**
 * Recall and precision after each true positive.
 *
 * Between two of them precision only falls and recall stays, so no AP rule needs the other points.
 *
 * @param outcomes [D] in falling score.
 * @param positives Number of objects to be found.
 */
export function precisionRecall(outcomes: Int8Array, positives: number): PrecisionRecall {
  let points = 0;
  for (let i = 0; i < outcomes.length; i++) if (outcomes[i] === outcome.truePositive) points++;
  const recall = new Float64Array(points);
  const precision = new Float64Array(points);
  const place = new Int32Array(points);
  let found = 0;
  let counted = 0;
  points = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const judged = outcomes[i];
    if (judged === outcome.ignored) continue;
    counted++;
    if (judged !== outcome.truePositive) continue;
    found++;
    recall[points] = found / positives;
    precision[points] = found / counted;
    place[points++] = i;
  }
  return { recall, precision, place };
}

/**
 * Average precision of a curve, 0 … 1; 0 for an empty one.
 *
 * `eleven-points` is VOC 2007-2009 (mean of the highest precision at recall ≥ 0, 0.1, …, 1), `area` VOC from 2010 on
 * (area under the curve made falling), `hundred-one-points` COCO (mean of the falling curve at recall 0, 0.01, …, 1).
 * `hundredths` is TIDE's form of it, whose levels are i / 100 and not i · 0.01.
 *
 * Sources: VOCevaldet.m; pycocotools cocoeval.py, accumulate; tidecv ap.py, get_ap.
 */
export function averagePrecision(curve: PrecisionRecall, rule: ApRule): number {
  return averagePrecisionOf(curve.recall, fallingPrecision(curve.precision), curve.recall.length, rule);
}

/** Average precision of the first `points` points of a rising recall and a precision that was made falling. */
export function averagePrecisionOf(recall: Float64Array, falling: Float64Array, points: number, rule: ApRule): number {
  if (rule === 'area') {
    let area = 0;
    let before = 0;
    for (let i = 0; i < points; i++) {
      area += (recall[i] - before) * falling[i];
      before = recall[i];
    }
    return area;
  }
  const levels = recallLevels[rule];
  let sum = 0;
  let i = 0;
  for (const level of levels) {
    while (i < points && recall[i] < level) i++;
    if (i === points) break;
    sum += falling[i];
  }
  return sum / levels.length;
}

/** [P] the highest precision at this or any higher recall. */
export function fallingPrecision(precision: Float64Array): Float64Array {
  const falling = precision.slice();
  for (let i = falling.length - 2; i >= 0; i--) if (falling[i + 1] > falling[i]) falling[i] = falling[i + 1]!;
  return falling;
}

const recallLevels = {
  // As numpy's arange(0, 1.1, 0.1) makes them for every Python voc_eval: 0.3, 0.6 and 0.7 lie a bit above those numbers,
  // so that a recall of exactly 6/10 does not reach 0.6. (MATLAB's 0:0.1:1 differs at 0.6 and 0.7.)
  'eleven-points': Float64Array.from({ length: 11 }, (_, i) => i * 0.1),
  // As numpy's linspace(0, 1, 101) makes them.
  'hundred-one-points': Float64Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01)),
  hundredths: Float64Array.from({ length: 101 }, (_, i) => i / 100),
};
