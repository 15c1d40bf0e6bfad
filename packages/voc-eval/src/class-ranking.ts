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

/**
 * For each class [D_k] row numbers of its detections, surest first; linear in D.
 *
 * Equal scores keep their row order, or go by image first and then by row.
 */
export function rankByClass(detections: Detections, classCount: number, ties: 'row' | 'image' = 'row'): Int32Array[] {
  const { score, classId, imageIndex } = detections;
  const order = ties === 'row' ? fallingOrder(score) : fallingOrder(score, sortedBy(imageIndex));
  const counts = new Int32Array(classCount);
  for (const id of classId) counts[id]++;
  const ranked = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (const row of order) {
    const id = classId[row];
    ranked[id][counts[id]++] = row;
  }
  return ranked;
}

/** [D] row numbers by rising key, equal keys in row order. */
function sortedBy(key: Int32Array): Int32Array {
  let top = 0;
  for (const value of key) if (value > top) top = value;
  const next = new Int32Array(top + 2);
  for (const value of key) next[value + 1]++;
  for (let value = 0; value <= top; value++) next[value + 1] += next[value];
  const order = new Int32Array(key.length);
  for (let row = 0; row < key.length; row++) order[next[key[row]]++] = row;
  return order;
}
