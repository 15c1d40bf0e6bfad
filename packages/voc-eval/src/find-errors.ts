import { checkDetections, type Detections } from './detections';
import type { ErrorEntry } from './error-types';
import type { GroundTruth, GroundTruthObject } from './ground-truth';
import { groupByImage } from './group-by-image';
import type { DifficultRule } from './object-table';

/** At or below this IoU a detection lies on background. */
export const BACKGROUND_IOU = 0.1;

/** Detections beyond this number in an image, over all classes, are left out. */
const MOST_DETECTIONS = 100;

/** What is searched for errors, and how. */
export interface ErrorSearch {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  /** A match needs at least this IoU; 0.5 by default. */
  readonly iou?: number;
  /** What VOC's difficult objects are: regions in which detections do not count (as crowds are), or like any other. */
  readonly difficult?: 'ignore' | 'ordinary';
}

/** Every detection judged, and every error named. */
export interface FoundErrors {
  /** [D'] rows of the judged detections: by image, surest first. */
  readonly rows: Int32Array;
  /** [D'] 1 true positive, 0 false positive, −1 in an ignored region. */
  readonly outcomes: Int8Array;
  /** All objects, image by image; `ErrorEntry.object` indexes them. */
  readonly objects: readonly GroundTruthObject[];
  /** [G] 1 for objects to be found. */
  readonly isPositive: Uint8Array;
  /** [G] 1 for objects that a detection has found. */
  readonly isFound: Uint8Array;
  /** [G] the surest detection that one correction would make find this object; −1 without one. */
  readonly bestCandidate: Int32Array;
  readonly errors: readonly ErrorEntry[];
}

/**
 * Names the error of each detection that is no true positive, and the missed objects, as TIDE does.
 *
 * In order of score, a detection takes the free object of its class with the highest IoU at or above the threshold.
 * One that takes none is, by the first of these that holds: localisation (right class, IoU between the background
 * threshold and the threshold), classification (other class, IoU at or above it), duplicate (right class, but taken),
 * background (no IoU above the background threshold), both. An object is missed when it is not found and no
 * localisation or classification error points to it.
 *
 * Source: tidecv quantify.py (TIDEExample, TIDERun); Bolya et al., TIDE, ECCV 2020, section 2.2.
 */
export function findErrors(options: ErrorSearch): FoundErrors {
  const { groundTruth, detections, iou = 0.5 } = options;
  checkDetections(groundTruth, detections);
  const difficult: DifficultRule = options.difficult ?? 'ignore';
  const groups = groupByImage(groundTruth, detections, MOST_DETECTIONS);
  const objects = groundTruth.images.flatMap((image) => image.objects);
  const search: Search = {
    detections,
    objects,
    isPositive: Uint8Array.from(objects, (object) => {
      return object.isCrowd === true || (object.isDifficult && difficult === 'ignore') ? 0 : 1;
    }),
    isFound: new Uint8Array(objects.length),
    bestCandidate: new Int32Array(objects.length).fill(-1),
    errors: [],
    iou,
  };
  const judged = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const rows = new Int32Array(judged);
  const outcomes = new Int8Array(judged);
  let place = 0;
  groups.forEach((group, image) => {
    const end = group.firstObject + groundTruth.images[image].objects.length;
    rows.set(group.rows, place);
    searchImage(search, group.rows, group.firstObject, end, outcomes.subarray(place, place + group.rows.length));
    place += group.rows.length;
  });
  const { isPositive, isFound, bestCandidate, errors } = search;
  return { rows, outcomes, objects, isPositive, isFound, bestCandidate, errors };
}

interface Search {
  readonly detections: Detections;
  readonly objects: readonly GroundTruthObject[];
  readonly isPositive: Uint8Array;
  readonly isFound: Uint8Array;
  readonly bestCandidate: Int32Array;
  readonly errors: ErrorEntry[];
  readonly iou: number;
}

/** Judges one image's detections against the objects first … end − 1, into `outcomes` and the search's own columns. */
function searchImage(search: Search, rows: Int32Array, first: number, end: number, outcomes: Int8Array): void {
  const { objects, isPositive, isFound, errors, detections } = search;
  const width = end - first;
  const ious = new Float64Array(rows.length * width);
  rows.forEach((row, rank) => {
    for (let object = first; object < end; object++) {
      ious[rank * width + object - first] = iouWith(detections, row, objects[object], isPositive[object] === 1);
    }
  });
  const byObject = new Int32Array(width).fill(-1);
  rows.forEach((row, rank) => {
    const classId = detections.classId[row];
    let best = -1;
    for (let at = 0; at < width; at++) {
      const object = first + at;
      if (isPositive[object] === 0 || byObject[at] >= 0 || objects[object].classId !== classId) continue;
      if (ious[rank * width + at] < search.iou) continue;
      if (best < 0 || ious[rank * width + at] > ious[rank * width + best]) best = at;
    }
    if (best < 0) return;
    byObject[best] = row;
    isFound[first + best] = 1;
    outcomes[rank] = 1;
  });
  rows.forEach((row, rank) => {
    if (outcomes[rank] === 1) return;
    const classId = detections.classId[row];
    for (let at = 0; at < width; at++) {
      const isRegion = isPositive[first + at] === 0 && objects[first + at].classId === classId;
      if (isRegion && ious[rank * width + at] > search.iou) outcomes[rank] = -1;
    }
    errors.push(nameError(search, row, first, ious.subarray(rank * width, (rank + 1) * width)));
  });
  for (let object = first; object < end; object++) {
    const isMissed = isPositive[object] === 1 && isFound[object] === 0 && search.bestCandidate[object] < 0;
    if (isMissed) errors.push({ type: 'missed', row: -1, object });
  }
}

/** The error of a detection that found nothing, given its IoU with each object of the image. */
function nameError(search: Search, row: number, first: number, ious: Float64Array): ErrorEntry {
  const { objects, isPositive, isFound, bestCandidate, detections } = search;
  const classId = detections.classId[row];
  let sameClass = -1;
  let otherClass = -1;
  let taken = -1;
  let highest = 0;
  for (let at = 0; at < ious.length; at++) {
    const object = first + at;
    if (isPositive[object] === 0) continue;
    highest = Math.max(highest, ious[at]);
    if (objects[object].classId === classId) {
      if (sameClass < 0 || ious[at] > ious[sameClass]) sameClass = at;
      if (isFound[object] === 1 && (taken < 0 || ious[at] > ious[taken])) taken = at;
    } else if (otherClass < 0 || ious[at] > ious[otherClass]) {
      otherClass = at;
    }
  }
  const correctable = (type: 'localisation' | 'classification', at: number): ErrorEntry => {
    const object = first + at;
    const holder = bestCandidate[object];
    const isBetter = holder < 0 || detections.score[holder] < detections.score[row];
    if (isFound[object] === 0 && isBetter) bestCandidate[object] = row;
    return { type, row, object };
  };
  if (sameClass >= 0 && ious[sameClass] >= BACKGROUND_IOU && ious[sameClass] <= search.iou) {
    return correctable('localisation', sameClass);
  }
  if (otherClass >= 0 && ious[otherClass] >= search.iou) return correctable('classification', otherClass);
  if (taken >= 0 && ious[taken] >= search.iou) return { type: 'duplicate', row, object: first + taken };
  return { type: highest <= BACKGROUND_IOU ? 'background' : 'both', row, object: -1 };
}

/** IoU of a detection and an object; with a region, the share of the detection that lies in it. */
function iouWith(detections: Detections, row: number, object: GroundTruthObject, isPositive: boolean): number {
  const x1 = detections.box[4 * row];
  const y1 = detections.box[4 * row + 1];
  const x2 = detections.box[4 * row + 2];
  const y2 = detections.box[4 * row + 3];
  const [gx1, gy1, gx2, gy2] = object.box;
  const width = Math.min(x2, gx2) - Math.max(x1, gx1);
  if (width <= 0) return 0;
  const height = Math.min(y2, gy2) - Math.max(y1, gy1);
  if (height <= 0) return 0;
  const shared = width * height;
  const area = detections.area === undefined ? (x2 - x1) * (y2 - y1) : detections.area[row];
  return shared / (isPositive ? area + (object.boxArea ?? (gx2 - gx1) * (gy2 - gy1)) - shared : area);
}
