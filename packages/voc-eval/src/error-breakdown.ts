import { averagePrecision, precisionRecall } from './average-precision';
import { errorTypes, type ErrorEntry, type ErrorType } from './error-types';
import { BACKGROUND_IOU, findErrors, type ErrorSearch, type FoundErrors } from './find-errors';
import { fallingOrder } from './score-order';

/** What the errors of one class, or of all, cost. AP points are percent. */
export interface ErrorCosts {
  /** AP in points by TIDE's rule: 101 points at one IoU. */
  readonly ap: number;
  /** AP points that each type costs: what correcting all its errors, and nothing else, would give. */
  readonly points: Readonly<Record<ErrorType, number>>;
  /** Number of errors of each type; those of a missed object count for its class. */
  readonly counts: Readonly<Record<ErrorType, number>>;
  /** AP points that all false positives together cost: what ranking them last would give. */
  readonly falsePositivePoints: number;
  /** AP points that all objects that were not found cost. */
  readonly falseNegativePoints: number;
}

/** The error breakdown of an evaluation. */
export interface ErrorBreakdown {
  readonly iou: number;
  readonly backgroundIou: number;
  /** `ap` is the mean over the classes with objects or detections. */
  readonly all: ErrorCosts;
  readonly classes: Readonly<Record<string, ErrorCosts>>;
}

/**
 * What each type of error costs in AP points, over all classes and for each.
 *
 * A localisation or classification error is corrected to a true positive if its detection is the surest candidate for
 * an object that is not found, else its detection is removed, as those of the other types are; missed objects are
 * taken off the number to be found. A negative cost is given as 0.
 *
 * Source: tidecv quantify.py (fix_errors, fix_main_errors, fix_special_errors), errors/main_errors.py, ap.py.
 */
export function errorBreakdown(options: ErrorSearch): ErrorBreakdown {
  const { groundTruth, detections } = options;
  const found = findErrors(options);
  const classCount = groundTruth.classNames.length;
  const positives = new Int32Array(classCount);
  const missing = new Int32Array(classCount);
  found.objects.forEach(({ classId }, object) => {
    if (found.isPositive[object] === 0) return;
    positives[classId]++;
    if (found.isFound[object] === 0) missing[classId]++;
  });
  const context = { found, detections };

  const original = originalPoints(context);
  const now = apByClass(original, positives);
  const costs = new Map(errorTypes.map((type) => [type, corrected(context, type, positives)]));
  const last = apByClass({ ...original, score: rankFalseLast(original) }, positives);
  const foundOnly = positives.map((count, classId) => count - missing[classId]);
  const complete = corrected(context, undefined, foundOnly);

  const counts = countErrors(found, detections.classId, classCount);
  const costsOf = (of: (aps: ClassAps) => number, errorCount: (type: ErrorType) => number): ErrorCosts => {
    const record = (value: (type: ErrorType) => number): Record<ErrorType, number> =>
      Object.fromEntries(errorTypes.map((type) => [type, value(type)])) as Record<ErrorType, number>;
    return {
      ap: of(now),
      points: record((type) => Math.max(0, of(costs.get(type)!) - of(now))),
      counts: record(errorCount),
      falsePositivePoints: of(last) - of(now),
      falseNegativePoints: of(complete) - of(now),
    };
  };
  const sum = (values: Int32Array): number => values.reduce((total, value) => total + value, 0);
  return {
    iou: options.iou ?? 0.5,
    backgroundIou: BACKGROUND_IOU,
    all: costsOf(meanOf, (type) => sum(counts.get(type)!)),
    classes: Object.fromEntries(
      groundTruth.classNames.map((name, classId) => [
        name,
        costsOf(
          ({ ap }) => ap[classId],
          (type) => counts.get(type)![classId],
        ),
      ]),
    ),
  };
}

interface Context {
  readonly found: FoundErrors;
  readonly detections: ErrorSearch['detections'];
}

/** Detections as AP sees them; order decides between equal scores. */
interface Points {
  readonly classId: Int32Array;
  readonly score: Float64Array;
  readonly outcomes: Int8Array;
}

/** AP points of each class, and whether the class has anything to be judged. */
interface ClassAps {
  readonly ap: Float64Array;
  readonly isCounted: Uint8Array;
}

function originalPoints({ found, detections }: Context): Points {
  return {
    classId: found.rows.map((row) => detections.classId[row]),
    score: Float64Array.from(found.rows, (row) => detections.score[row]),
    outcomes: found.outcomes,
  };
}

/** The class APs after all errors of one type (or none) are corrected. Errors go before true positives of equal score. */
function corrected({ found, detections }: Context, type: ErrorType | undefined, positives: Int32Array): ClassAps {
  const most = found.errors.length + found.rows.length;
  const classId = new Int32Array(most);
  const score = new Float64Array(most);
  const outcomes = new Int8Array(most);
  let points = 0;
  const push = (row: number, inClass: number, outcome: number): void => {
    classId[points] = inClass;
    score[points] = detections.score[row];
    outcomes[points++] = outcome;
  };
  const isIgnored = new Uint8Array(detections.score.length);
  found.rows.forEach((row, place) => {
    if (found.outcomes[place] === -1) isIgnored[row] = 1;
  });
  const left = positives.slice();
  for (const error of found.errors) {
    if (error.type !== type) {
      if (error.row >= 0 && isIgnored[error.row] === 0) push(error.row, detections.classId[error.row], 0);
    } else if (type === 'missed') {
      left[found.objects[error.object].classId]--;
    } else if (isBestCandidate(found, error)) {
      push(error.row, found.objects[error.object].classId, 1);
    }
  }
  found.rows.forEach((row, place) => {
    if (found.outcomes[place] === 1) push(row, detections.classId[row], 1);
  });
  const columns = { classId: classId.subarray(0, points), score: score.subarray(0, points) };
  return apByClass({ ...columns, outcomes: outcomes.subarray(0, points) }, left);
}

function isBestCandidate({ bestCandidate, isFound }: FoundErrors, { type, row, object }: ErrorEntry): boolean {
  const isCorrectable = type === 'localisation' || type === 'classification';
  return isCorrectable && isFound[object] === 0 && bestCandidate[object] === row;
}

function rankFalseLast({ outcomes }: Points): Float64Array {
  return Float64Array.from(outcomes, (outcome) => (outcome === 1 ? 1 : 0));
}

function apByClass({ classId, score, outcomes }: Points, positives: Int32Array): ClassAps {
  const sizes = new Int32Array(positives.length);
  for (let i = 0; i < classId.length; i++) if (outcomes[i] >= 0) sizes[classId[i]]++;
  const ranked = Array.from(sizes, (size) => new Int8Array(size));
  const filled = new Int32Array(positives.length);
  for (const i of fallingOrder(score)) {
    if (outcomes[i] >= 0) ranked[classId[i]][filled[classId[i]]++] = outcomes[i];
  }
  const ap = Float64Array.from(ranked, (inClass, id) => {
    if (positives[id] === 0) return 0;
    return 100 * averagePrecision(precisionRecall(inClass, positives[id]), 'hundredths');
  });
  return { ap, isCounted: Uint8Array.from(sizes, (size, id) => (size > 0 || positives[id] > 0 ? 1 : 0)) };
}

function meanOf({ ap, isCounted }: ClassAps): number {
  let sum = 0;
  let count = 0;
  for (let id = 0; id < ap.length; id++) {
    sum += ap[id];
    count += isCounted[id];
  }
  return count === 0 ? 0 : sum / count;
}

function countErrors(found: FoundErrors, classOfRow: Int32Array, classCount: number): Map<ErrorType, Int32Array> {
  const counts = new Map(errorTypes.map((type) => [type, new Int32Array(classCount)]));
  for (const { type, row, object } of found.errors) {
    counts.get(type)![row >= 0 ? classOfRow[row] : found.objects[object].classId]++;
  }
  return counts;
}
