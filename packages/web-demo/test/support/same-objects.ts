import type { FoundObject } from '@featuremine/retinanet/browser';

/** How far the objects of two lists are apart. */
export interface ObjectDifference {
  /** Objects of one list that the other has not: none of the class within 1 px and a score of 0.01. */
  readonly unpaired: number;
  readonly score: number;
  readonly boxPx: number;
}

/** Pairs each object with the nearest of its class in the other list, and compares the pairs. */
export function objectDifference(expected: readonly FoundObject[], found: readonly FoundObject[]): ObjectDifference {
  const left = [...found];
  let [unpaired, score, boxPx] = [0, 0, 0];
  for (const object of expected) {
    const apart = left.map((other) => distance(object, other));
    const nearest = apart.indexOf(Math.min(...apart));
    if (nearest < 0 || !(apart[nearest] <= 1)) {
      unpaired++;
      continue;
    }
    const [other] = left.splice(nearest, 1);
    score = Math.max(score, Math.abs(object.score - other.score));
    boxPx = Math.max(boxPx, largestShift(object, other));
  }
  return { unpaired: unpaired + left.length, score, boxPx };
}

function distance(a: FoundObject, b: FoundObject): number {
  return a.class === b.class ? Math.max(largestShift(a, b), 100 * Math.abs(a.score - b.score)) : Infinity;
}

function largestShift({ box: a }: FoundObject, { box: b }: FoundObject): number {
  return Math.max(...a.map((value, axis) => Math.abs(value - b[axis])));
}
