import { boxAt, iou } from '@featuremine/boxes';
import type { Detections } from '../detections';

/** How far two lists of detections of one image are apart. */
export interface DetectionDifference {
  /** Detections that have a counterpart in the other list: of their class, and in about the same place. */
  readonly paired: number;
  /** Those that have none, of both lists, but for scores that the threshold may have cut off. */
  readonly unpaired: number;
  /** The largest difference of scores in a pair. */
  readonly score: number;
  /** The largest difference of coordinates in a pair, in pixels. */
  readonly boxPx: number;
}

/** Pairs the detections of two lists, best first, each with the nearest one of its class. */
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
    boxPx = Math.max(boxPx, distanceOf(expected, i, found, other));
  }
  found.scores.forEach((each, i) => {
    if (!taken.has(i) && isSure(each)) unpaired++;
  });
  return { paired, unpaired, score, boxPx };
}

// The nearest of its class, if both overlap by half or (boxes without an area overlap nothing) are less than a pixel apart.
function counterpart(
  list: Detections,
  index: number,
  others: Detections,
  taken: ReadonlySet<number>,
): number | undefined {
  let best: number | undefined;
  let nearest = Infinity;
  for (let i = 0; i < others.scores.length; i++) {
    if (taken.has(i) || others.classIds[i] !== list.classIds[index]) continue;
    const distance = distanceOf(list, index, others, i);
    if (distance >= nearest) continue;
    best = i;
    nearest = distance;
  }
  if (best === undefined || nearest < 1) return best;
  return iou(boxAt(list.boxes, index), boxAt(others.boxes, best)) >= 0.5 ? best : undefined;
}

/** The largest difference of two boxes' coordinates. */
function distanceOf(a: Detections, i: number, b: Detections, j: number): number {
  let distance = 0;
  for (let axis = 0; axis < 4; axis++) {
    distance = Math.max(distance, Math.abs(a.boxes[4 * i + axis] - b.boxes[4 * j + axis]));
  }
  return distance;
}
