import { checkDetections, type Detections } from './detections';
import type { GroundTruth } from './ground-truth';
import { groupByImage } from './group-by-image';

/** What a confusion matrix is made from. */
export interface ConfusionOptions {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  /** [K] detections of a class count from this score on; a class with Infinity has none. */
  readonly scoreThresholds: readonly number[];
  /** A detection and an object belong together from this IoU on; 0.5 by default. */
  readonly iou?: number;
  /** Whether difficult objects are left out, with the detections on them; true by default. Crowds always are. */
  readonly ignoresDifficult?: boolean;
}

/** Which class was found as which, with one class more, the last, for background. */
export interface ConfusionMatrix {
  /** K class names; row and column K are background. */
  readonly classNames: readonly string[];
  /** [K + 1, K + 1] counts: row true class, column class that was detected. Row K: nothing there; column K: missed. */
  readonly counts: Int32Array;
}

interface Pair {
  readonly row: number;
  readonly object: number;
  readonly iou: number;
  readonly isSameClass: boolean;
}

/**
 * Pairs detections and objects of an image one to one, the highest IoU first (of equals the right class, then the
 * surer detection), whatever their classes, and counts the pairs, the objects left over and the detections left over.
 */
export function confusionMatrix(options: ConfusionOptions): ConfusionMatrix {
  const { groundTruth, detections, scoreThresholds, iou = 0.5, ignoresDifficult = true } = options;
  checkDetections(groundTruth, detections);
  const { classNames } = groundTruth;
  const background = classNames.length;
  const counts = new Int32Array((background + 1) ** 2);
  const count = (truth: number, found: number): void => {
    counts[truth * (background + 1) + found]++;
  };
  groupByImage(groundTruth, detections, Infinity).forEach((group, image) => {
    const rows = [...group.rows].filter((row) => detections.score[row] >= scoreThresholds[detections.classId[row]]);
    const { objects } = groundTruth.images[image];
    const isIgnored = objects.map((object) => object.isCrowd === true || (object.isDifficult && ignoresDifficult));
    const pairs: Pair[] = [];
    for (const row of rows) {
      objects.forEach((object, index) => {
        const overlap = plainIou(detections.box, 4 * row, object.box);
        if (overlap < iou) return;
        pairs.push({ row, object: index, iou: overlap, isSameClass: object.classId === detections.classId[row] });
      });
    }
    // Rows are in falling score and the sort is stable: the surer detection comes first.
    pairs.sort((a, b) => b.iou - a.iou || Number(b.isSameClass) - Number(a.isSameClass));
    const takenRows = new Set<number>();
    const takenObjects = new Set<number>();
    for (const { row, object } of pairs) {
      if (isIgnored[object] || takenRows.has(row) || takenObjects.has(object)) continue;
      takenRows.add(row);
      takenObjects.add(object);
      count(objects[object].classId, detections.classId[row]);
    }
    const onIgnored = new Set(pairs.filter(({ object }) => isIgnored[object]).map(({ row }) => row));
    for (const row of rows) {
      if (!takenRows.has(row) && !onIgnored.has(row)) count(background, detections.classId[row]);
    }
    objects.forEach((object, index) => {
      if (!takenObjects.has(index) && !isIgnored[index]) count(object.classId, background);
    });
  });
  return { classNames, counts };
}

function plainIou(a: Float64Array, at: number, b: readonly number[]): number {
  const width = Math.min(a[at + 2], b[2]) - Math.max(a[at], b[0]);
  const height = Math.min(a[at + 3], b[3]) - Math.max(a[at + 1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / ((a[at + 2] - a[at]) * (a[at + 3] - a[at + 1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared);
}
