import { outcome, rankByClass, type ClassRanking } from './class-ranking';
import { checkDetections, type Detections } from './detections';
import type { GroundTruth } from './ground-truth';
import { ImageGroups } from './image-groups';
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
  const objects = objectTable(groundTruth, ignoresDifficult ? 'ignore' : 'ordinary');
  const groups = new ImageGroups(groundTruth.images.length);
  // In continuous boxes the +1 is there already: leaving it out takes 1 px off every width and height.
  const shrink = options.isPixelInclusive ? 0 : 1;
  const rankings = rankByClass(detections, groundTruth.classNames.length).map((order, classId): ClassRanking => {
    const start = objects.classStart[classId];
    const end = objects.classStart[classId + 1];
    const positiveImages: number[] = [];
    for (let row = start; row < end; row++)
      if (objects.isIgnored[row] === 0) positiveImages.push(objects.imageIndex[row]);

    const best = bestObjects({ objects, detections, order, start, end, groups, shrink });
    const outcomes: Int8Array[] = [];
    const matches: Int32Array[] = [];
    for (const threshold of options.iouThresholds) {
      const judged = new Int8Array(order.length);
      const matched = new Int32Array(order.length).fill(-1);
      const isTaken = new Uint8Array(end - start);
      for (let place = 0; place < order.length; place++) {
        const row = best.row[place];
        if (row < 0 || best.iou[place] < threshold) continue;
        if (objects.isIgnored[row] === 1) {
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

/** For each place of a class's ranking: the object row of highest IoU (−1 without overlap), and that IoU. */
function bestObjects(options: {
  objects: ObjectTable;
  detections: Detections;
  order: Int32Array;
  start: number;
  end: number;
  groups: ImageGroups;
  shrink: 0 | 1;
}): { row: Int32Array; iou: Float64Array } {
  const { objects, detections, order, start, end, groups, shrink } = options;
  const { first, last } = groups.open(objects.imageIndex, start, end);
  const bestRow = new Int32Array(order.length).fill(-1);
  const bestIou = new Float64Array(order.length);
  const { box } = detections;
  const objectBox = objects.box;
  for (let place = 0; place < order.length; place++) {
    const image = detections.imageIndex[order[place]];
    const at = 4 * order[place];
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
  groups.close(objects.imageIndex, start, end);
  return { row: bestRow, iou: bestIou };
}
