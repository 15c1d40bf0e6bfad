import type { Detections } from './detections';
import { fallingOrder } from './score-order';

/** What a matching says of a detection. */
export const outcome = { ignored: -1, falsePositive: 0, truePositive: 1 } as const;

/** The detections of one class in falling score, and what the matching made of them. */
export interface ClassRanking {
  readonly classId: number;
  /** [D] row numbers of the detections, surest first. */
  readonly order: Int32Array;
  /** For each IoU threshold [D]: 1 true positive, 0 false positive, −1 ignored (counts neither way). */
  readonly outcomes: readonly Int8Array[];
  /** For each IoU threshold [D]: the row of the object table that a true positive took, else −1. */
  readonly matches: readonly Int32Array[];
  /** Objects to be found: each counts once in recall. */
  readonly positives: number;
  /** [positives] the image of each. */
  readonly positiveImages: Int32Array;
}

/** For each class [D_k] row numbers of its detections, surest first; equal scores keep their row order. Linear in D. */
export function rankByClass(detections: Detections, classCount: number): Int32Array[] {
  const order = fallingOrder(detections.score);
  const counts = new Int32Array(classCount);
  for (const classId of detections.classId) counts[classId]++;
  const ranked = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let place = 0; place < order.length; place++) {
    const row = order[place];
    const classId = detections.classId[row];
    ranked[classId][counts[classId]++] = row;
  }
  return ranked;
}
