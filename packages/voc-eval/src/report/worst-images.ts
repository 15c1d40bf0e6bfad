import { boxAt } from '@featuremine/boxes';
import { outcome } from '../class-ranking';
import type { ClassCurve } from '../class-curve';
import type { Judgement } from '../judge';

/** A box to draw on an image. */
export interface DrawnBox {
  readonly kind: 'found' | 'false' | 'missed';
  readonly className: string;
  /** Absent for a missed object. */
  readonly score?: number;
  readonly box: readonly [number, number, number, number];
}

/** An image with what is right and wrong in it at the classes' best-F1 thresholds. */
export interface WorstImage {
  readonly imageIndex: number;
  /** Sum of the scores of its false positives, and 1 for each missed object. */
  readonly badness: number;
  /** Missed first, then false positives and found objects in falling score. */
  readonly boxes: readonly DrawnBox[];
}

/**
 * The images with most that is wrong: surest false positives and missed objects, at the first IoU threshold.
 *
 * Detections below their class's best-F1 threshold are left out (all of a class that has none).
 */
export function worstImages(judgement: Judgement, curves: readonly ClassCurve[], count: number): WorstImage[] {
  const { groundTruth, detections, objects, rankings } = judgement;
  const byImage = groundTruth.images.map(() => ({ badness: 0, boxes: [] as DrawnBox[] }));
  rankings.forEach(({ classId, order, outcomes, matches }) => {
    const className = groundTruth.classNames[classId];
    const least = curves[classId].best?.score ?? Infinity;
    const isFound = new Set<number>();
    for (let place = 0; place < order.length; place++) {
      const row = order[place];
      const score = detections.score[row];
      if (score < least) break;
      if (outcomes[0][place] === outcome.ignored) continue;
      const isTrue = outcomes[0][place] === outcome.truePositive;
      if (isTrue) isFound.add(matches[0][place]);
      const image = byImage[detections.imageIndex[row]];
      if (!isTrue) image.badness += score;
      image.boxes.push({ kind: isTrue ? 'found' : 'false', className, score, box: boxAt(detections.box, row) });
    }
    for (let row = objects.classStart[classId]; row < objects.classStart[classId + 1]; row++) {
      if (isFound.has(row) || objects.isIgnored[row] === 1) continue;
      const image = byImage[objects.imageIndex[row]];
      image.badness += 1;
      image.boxes.push({ kind: 'missed', className, box: boxAt(objects.box, row) });
    }
  });
  return byImage
    .map(({ badness, boxes }, imageIndex) => ({ imageIndex, badness, boxes }))
    .filter(({ badness }) => badness > 0)
    .sort((a, b) => b.badness - a.badness || a.imageIndex - b.imageIndex)
    .slice(0, count)
    .map((image) => ({
      ...image,
      boxes: image.boxes.sort((a, b) => (b.score ?? Infinity) - (a.score ?? Infinity) || 0),
    }));
}
