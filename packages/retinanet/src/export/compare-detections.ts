import { iou } from '@featuremine/boxes';
import type { Box } from '@featuremine/boxes';
import type { Detections } from '../detections';

/** How far two lists of detections of one image are apart. */
export interface DetectionDifference {
  /** Detections that have a counterpart of their class in the other list, with IoU 0.5 or more. */
  readonly paired: number;
  /** Those that have none, of both lists, but for scores that the threshold may have cut off. */
  readonly unpaired: number;
  /** The largest difference of scores in a pair. */
  readonly score: number;
  /** The largest difference of coordinates in a pair, in pixels. */
  readonly boxPx: number;
}

/** Pairs the detections of two lists, best first, each with the one that overlaps it most. */
export function compareDetections(
  expected: Detections,
  found: Detections,
  { threshold, tolerance }: { readonly threshold: number; readonly tolerance: number },
): DetectionDifference {
  const taken = new Set<number>();
  const isSure = (score: number): boolean => score > threshold + tolerance;
  let [paired, unpaired, score, boxPx] = [0, 0, 0, 0];
  for (let i = 0; i < expected.scores.length; i++) {
    const other = counterpart(expected, i, found, taken);
    if (other === undefined) {
      if (isSure(expected.scores[i])) unpaired++;
      continue;
    }
    taken.add(other);
    paired++;
    score = Math.max(score, Math.abs(expected.scores[i] - found.scores[other]));
    for (let axis = 0; axis < 4; axis++) {
      boxPx = Math.max(boxPx, Math.abs(expected.boxes[4 * i + axis] - found.boxes[4 * other + axis]));
    }
  }
  found.scores.forEach((each, i) => {
    if (!taken.has(i) && isSure(each)) unpaired++;
  });
  return { paired, unpaired, score, boxPx };
}

function counterpart(
  list: Detections,
  index: number,
  others: Detections,
  taken: ReadonlySet<number>,
): number | undefined {
  let best: number | undefined;
  let bestOverlap = 0.5;
  for (let i = 0; i < others.scores.length; i++) {
    if (taken.has(i) || others.classIds[i] !== list.classIds[index]) continue;
    const overlap = iou(boxAt(list, index), boxAt(others, i));
    if (overlap < bestOverlap || (overlap === bestOverlap && best !== undefined)) continue;
    best = i;
    bestOverlap = overlap;
  }
  return best;
}

function boxAt({ boxes }: Detections, index: number): Box {
  return Array.from(boxes.subarray(4 * index, 4 * index + 4)) as unknown as Box;
}
