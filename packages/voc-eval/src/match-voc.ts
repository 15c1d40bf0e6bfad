import { outcome, rankByClass, type ClassRanking } from './class-ranking';
import { checkDetections, type Detections } from './detections';
import type { GroundTruth } from './ground-truth';
import { objectTable, type ObjectTable } from './object-table';

/** What decides a match under the VOC protocol. */
export interface VocMatching {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  /** A match needs at least one of these IoUs; each gives its own outcomes. */
  readonly iouThresholds: readonly number[];
  /** Box widths with the devkit's +1 (`xmax − xmin + 1`), or without it. */
  readonly isPixelInclusive: boolean;
  /** Whether a match on a difficult object counts neither way; otherwise it is an object like any other. */
  readonly ignoresDifficult: boolean;
}

/** The rankings of all classes, and the objects that `matches` point to. */
export interface Matching {
  readonly objects: ObjectTable;
  readonly rankings: readonly ClassRanking[];
}

/**
 * Judges each detection as VOCdevkit's VOCevaldet does.
 *
 * In order of score, a detection takes the object of its class and image with the highest IoU, whether or not that
 * is difficult or was taken before; the first of equals wins. At or above the threshold it is ignored on a difficult
 * object, a true positive on a free one, and a false positive on a taken one, as it is below the threshold.
 *
 * Throws a DatasetError for rows that do not fit the ground truth.
 * Source: VOCcode/VOCevaldet.m of the PASCAL VOC development kit.
 */
export function matchVoc(options: VocMatching): Matching {
  const { groundTruth, detections, ignoresDifficult } = options;
  checkDetections(groundTruth, detections);
  const objects = objectTable(groundTruth);
  const finder = new BestObjectFinder(objects, groundTruth.images.length, options.isPixelInclusive ? 0 : 1);
  const rankings = rankByClass(detections, groundTruth.classNames.length).map((order, classId): ClassRanking => {
    const start = objects.classStart[classId];
    const end = objects.classStart[classId + 1];
    const isIgnored = (row: number): boolean => ignoresDifficult && objects.isDifficult[row] === 1;
    const positiveImages: number[] = [];
    for (let row = start; row < end; row++) if (!isIgnored(row)) positiveImages.push(objects.imageIndex[row]);

    const best = finder.find(detections, order, start, end);
    const outcomes: Int8Array[] = [];
    const matches: Int32Array[] = [];
    for (const threshold of options.iouThresholds) {
      const judged = new Int8Array(order.length);
      const matched = new Int32Array(order.length).fill(-1);
      const isTaken = new Uint8Array(end - start);
      for (let place = 0; place < order.length; place++) {
        const row = best.row[place];
        if (row < 0 || best.iou[place] < threshold) continue;
        if (isIgnored(row)) {
          judged[place] = outcome.ignored;
        } else if (isTaken[row - start] === 0) {
          isTaken[row - start] = 1;
          judged[place] = outcome.truePositive;
          matched[place] = row;
        }
      }
      outcomes.push(judged);
      matches.push(matched);
    }
    const positives = positiveImages.length;
    return { classId, order, outcomes, matches, positives, positiveImages: Int32Array.from(positiveImages) };
  });
  return { objects, rankings };
}

/** Finds each detection's object of highest IoU within one class. */
class BestObjectFinder {
  private readonly first: Int32Array;
  private readonly last: Int32Array;

  /** `shrink` px are taken off every width and height: 1 is the devkit's arithmetic without its +1. */
  constructor(
    private readonly objects: ObjectTable,
    imageCount: number,
    private readonly shrink: 0 | 1,
  ) {
    this.first = new Int32Array(imageCount);
    this.last = new Int32Array(imageCount);
  }

  /** For each place of `order`: the object row (−1 without overlap) and the IoU, among the rows start … end − 1. */
  find(detections: Detections, order: Int32Array, start: number, end: number): { row: Int32Array; iou: Float64Array } {
    const { first, last, shrink } = this;
    const { box: objectBox, imageIndex } = this.objects;
    for (let row = end - 1; row >= start; row--) {
      const image = imageIndex[row];
      if (last[image] === 0) last[image] = row + 1;
      first[image] = row;
    }
    const bestRow = new Int32Array(order.length).fill(-1);
    const bestIou = new Float64Array(order.length);
    const { box, imageIndex: detectionImage } = detections;
    for (let place = 0; place < order.length; place++) {
      const at = 4 * order[place];
      const image = detectionImage[order[place]];
      const x1 = box[at];
      const y1 = box[at + 1];
      const x2 = box[at + 2];
      const y2 = box[at + 3];
      const area = (x2 - x1 - shrink) * (y2 - y1 - shrink);
      for (let row = first[image]; row < last[image]; row++) {
        const gx1 = objectBox[4 * row];
        const gy1 = objectBox[4 * row + 1];
        const gx2 = objectBox[4 * row + 2];
        const gy2 = objectBox[4 * row + 3];
        const width = Math.min(x2, gx2) - Math.max(x1, gx1) - shrink;
        const height = Math.min(y2, gy2) - Math.max(y1, gy1) - shrink;
        if (width <= 0 || height <= 0) continue;
        const shared = width * height;
        const iou = shared / (area + (gx2 - gx1 - shrink) * (gy2 - gy1 - shrink) - shared);
        if (iou > bestIou[place]) {
          bestIou[place] = iou;
          bestRow[place] = row;
        }
      }
    }
    for (let row = start; row < end; row++) {
      first[imageIndex[row]] = 0;
      last[imageIndex[row]] = 0;
    }
    return { row: bestRow, iou: bestIou };
  }
}
