import { outcome, rankByClass, type ClassRanking } from './class-ranking';
import { ImageGroups } from './image-groups';
import type { Detections } from './detections';
import type { ObjectTable } from './object-table';

/** An object size range in px², both ends inside. */
export type AreaRange = readonly [number, number];

/** Detections of a class beyond this number in an image, by score, are left out. */
export const MOST_DETECTIONS = 100;

/** What decides a match under the COCO protocol, for all classes. */
export interface CocoMatching {
  readonly objects: ObjectTable;
  readonly detections: Detections;
  readonly imageCount: number;
  readonly iouThresholds: readonly number[];
}

/** One class's detections with the objects that they overlap; matches for size ranges are made from it. */
export interface CocoClass {
  readonly classId: number;
  /** [D] row numbers, surest first, at most `MOST_DETECTIONS` an image. */
  readonly order: Int32Array;
  /** [D] how many of the class and image are surer. */
  readonly rankInImage: Int32Array;
  /** Judges all detections of the class against its objects of one size. */
  match(range: AreaRange): ClassRanking;
}

/**
 * Visits each class with what is needed to match it, one after another, so that memory stays that of one class.
 *
 * In order of score, a detection takes the free object with the highest IoU at or above the threshold, the last of
 * equals; one to be ignored (a crowd, or outside the size range) only if there is no other. It is ignored with such an
 * object, or unmatched when its own area is outside the range. Crowds can be taken any number of times, and their IoU
 * is the share of the detection inside them. Equal scores go by image, then by row.
 *
 * Source: pycocotools cocoeval.py, computeIoU, evaluateImg and accumulate.
 */
export function forEachCocoClass(options: CocoMatching, visit: (cocoClass: CocoClass) => void): void {
  const { objects, detections, imageCount, iouThresholds } = options;
  const groups = new ImageGroups(imageCount);
  rankByClass(detections, objects.classStart.length - 1, 'image').forEach((ranked, classId) => {
    const { order, rankInImage } = groups.cut(ranked, detections.imageIndex, MOST_DETECTIONS);
    const start = objects.classStart[classId];
    const end = objects.classStart[classId + 1];
    const area = areasOf(detections, order);
    const atLeast = Math.min(...iouThresholds);
    const overlaps = findOverlaps({ objects, detections, order, area, start, end, groups, atLeast });
    visit({
      classId,
      order,
      rankInImage,
      match: (range) => matchRange({ objects, classId, order, area, start, end, overlaps, iouThresholds, range }),
    });
  });
}

/** The detections of a ranking that overlap an object enough to be matched, and these objects. */
interface Overlaps {
  /** [N] places in the ranking, rising. */
  readonly place: Int32Array;
  /** [N + 1] where the objects of each place begin in `row` and `iou`. */
  readonly from: Int32Array;
  readonly row: Int32Array;
  readonly iou: Float64Array;
}

function findOverlaps(options: {
  objects: ObjectTable;
  detections: Detections;
  order: Int32Array;
  area: Float64Array;
  start: number;
  end: number;
  groups: ImageGroups;
  atLeast: number;
}): Overlaps {
  const { objects, detections, order, area, start, end, groups, atLeast } = options;
  const { first, last } = groups.open(objects.imageIndex, start, end);
  const places = new Int32Array(order.length);
  const from = new Int32Array(order.length + 1);
  let row = new Int32Array(1024);
  let iou = new Float64Array(1024);
  let count = 0;
  let pairs = 0;
  for (let place = 0; place < order.length; place++) {
    const detection = order[place];
    const image = detections.imageIndex[detection];
    for (let object = first[image]; object < last[image]; object++) {
      const overlap = cocoIou(detections.box, detection, area[place], objects, object);
      if (overlap < atLeast) continue;
      if (pairs === row.length) {
        row = doubled(row, new Int32Array(2 * pairs));
        iou = doubled(iou, new Float64Array(2 * pairs));
      }
      row[pairs] = object;
      iou[pairs++] = overlap;
    }
    if (pairs === from[count]) continue;
    places[count++] = place;
    from[count] = pairs;
  }
  groups.close(objects.imageIndex, start, end);
  return { place: places.subarray(0, count), from, row, iou };
}

/** IoU of a detection of an area and an object; with a crowd, the share of the detection that lies in it. */
function cocoIou(box: Float64Array, detection: number, area: number, objects: ObjectTable, object: number): number {
  const b = objects.box;
  const i = 4 * detection;
  const j = 4 * object;
  const width = Math.min(box[i + 2], b[j + 2]) - Math.max(box[i], b[j]);
  if (width <= 0) return 0;
  const height = Math.min(box[i + 3], b[j + 3]) - Math.max(box[i + 1], b[j + 1]);
  if (height <= 0) return 0;
  const shared = width * height;
  return shared / (objects.isCrowd[object] === 1 ? area : area + objects.boxArea[object] - shared);
}

/** [D] the areas of the detections of a ranking, in px². */
function areasOf({ area, box }: Detections, order: Int32Array): Float64Array {
  const areas = new Float64Array(order.length);
  for (let place = 0; place < order.length; place++) {
    const row = order[place];
    areas[place] = area?.[row] ?? (box[4 * row + 2] - box[4 * row]) * (box[4 * row + 3] - box[4 * row + 1]);
  }
  return areas;
}

function matchRange(options: {
  objects: ObjectTable;
  classId: number;
  order: Int32Array;
  area: Float64Array;
  start: number;
  end: number;
  overlaps: Overlaps;
  iouThresholds: readonly number[];
  range: AreaRange;
}): ClassRanking {
  const { objects, classId, order, area, start, end, overlaps, iouThresholds, range } = options;
  const isIgnored = new Uint8Array(end - start);
  const positiveImages: number[] = [];
  for (let row = start; row < end; row++) {
    const isOutside = objects.area[row] < range[0] || objects.area[row] > range[1];
    if (objects.isIgnored[row] === 1 || objects.isCrowd[row] === 1 || isOutside) isIgnored[row - start] = 1;
    else positiveImages.push(objects.imageIndex[row]);
  }
  const unmatched = new Int8Array(order.length);
  for (let place = 0; place < order.length; place++) {
    if (area[place] < range[0] || area[place] > range[1]) unmatched[place] = outcome.ignored;
  }
  const outcomes: Int8Array[] = [];
  const matches: Int32Array[] = [];
  const isTaken = new Uint8Array(end - start);
  for (const threshold of iouThresholds) {
    const judged = unmatched.slice();
    const matched = new Int32Array(order.length).fill(-1);
    isTaken.fill(0);
    for (let at = 0; at < overlaps.place.length; at++) {
      const row = bestFree({ overlaps, at, start, threshold, isIgnored, isTaken, isCrowd: objects.isCrowd });
      if (row < 0) continue;
      const place = overlaps.place[at];
      isTaken[row - start] = 1;
      judged[place] = isIgnored[row - start] === 1 ? outcome.ignored : outcome.truePositive;
      if (judged[place] === outcome.truePositive) matched[place] = row;
    }
    outcomes.push(judged);
    matches.push(matched);
  }
  const positives = positiveImages.length;
  return { classId, order, outcomes, matches, positives, positiveImages: Int32Array.from(positiveImages) };
}

/** The object row that a detection takes: the best one that counts, else the best one to be ignored, else −1. */
function bestFree(options: {
  overlaps: Overlaps;
  at: number;
  start: number;
  threshold: number;
  isIgnored: Uint8Array;
  isTaken: Uint8Array;
  isCrowd: Uint8Array;
}): number {
  const { overlaps, at, start, isIgnored, isTaken, isCrowd } = options;
  const { from, row, iou } = overlaps;
  const lowest = Math.min(options.threshold, 1 - 1e-10);
  let best = -1;
  let bestIou = lowest;
  let bestIgnored = -1;
  let bestIgnoredIou = lowest;
  for (let pair = from[at]; pair < from[at + 1]; pair++) {
    const object = row[pair];
    if (isTaken[object - start] === 1 && isCrowd[object] === 0) continue;
    if (isIgnored[object - start] === 0) {
      if (iou[pair] < bestIou) continue;
      bestIou = iou[pair];
      best = object;
    } else if (iou[pair] >= bestIgnoredIou) {
      bestIgnoredIou = iou[pair];
      bestIgnored = object;
    }
  }
  return best >= 0 ? best : bestIgnored;
}

function doubled<T extends Int32Array | Float64Array>(source: T, target: T): T {
  target.set(source);
  return target;
}
