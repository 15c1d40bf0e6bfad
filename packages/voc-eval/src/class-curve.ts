import { fallingPrecision, precisionRecall } from './average-precision';
import { outcome } from './class-ranking';
import type { Judgement } from './judge';

/** The score threshold at which a class's precision and recall are best together. */
export interface BestThreshold {
  /** Detections with at least this score are taken. */
  readonly score: number;
  /** 2 · precision · recall / (precision + recall) there. */
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

/** Precision against recall for one class at the first IoU threshold; P points, one for each true positive. */
export interface ClassCurve {
  readonly recall: Float64Array;
  readonly precision: Float64Array;
  /** [P] precision made falling: the curve under which AP is taken. */
  readonly falling: Float64Array;
  /** [P] score of the detection that makes the point. */
  readonly score: Float64Array;
  /** Undefined when the class has no objects or no true positive. */
  readonly best: BestThreshold | undefined;
}

/** The curve of each class, in class order. */
export function classCurves({ rankings, detections }: Judgement): ClassCurve[] {
  return rankings.map(({ order, outcomes, positives }) => {
    const { recall, precision, place } = precisionRecall(outcomes[0], positives);
    return {
      recall,
      precision,
      falling: fallingPrecision(precision),
      score: Float64Array.from(place, (at) => detections.score[order[at]]),
      best: bestThreshold(order, outcomes[0], positives, detections.score),
    };
  });
}

/** The threshold of highest F1, the higher score of equals; detections of equal score are taken together. */
function bestThreshold(
  order: Int32Array,
  outcomes: Int8Array,
  positives: number,
  score: Float64Array,
): BestThreshold | undefined {
  let best: BestThreshold | undefined;
  let found = 0;
  let counted = 0;
  for (let place = 0; place < order.length; place++) {
    if (outcomes[place] !== outcome.ignored) counted++;
    if (outcomes[place] === outcome.truePositive) found++;
    const here = score[order[place]];
    const isLastOfEquals = place + 1 === order.length || score[order[place + 1]] !== here;
    if (!isLastOfEquals || found === 0) continue;
    const f1 = (2 * found) / (counted + positives);
    if (best === undefined || f1 > best.f1) {
      best = { score: here, f1, precision: found / counted, recall: found / positives };
    }
  }
  return best;
}
