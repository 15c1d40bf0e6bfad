import type { GroundTruthObject } from '@featuremine/voc-eval';

/** One detection, as a results file has it. */
export interface OracleRow {
  readonly image: number;
  readonly classId: number;
  readonly score: number;
  /** x, y, width, height. */
  readonly bbox: readonly [number, number, number, number];
}

/** One object, as a ground-truth file has it. */
export interface OracleObject {
  readonly classId: number;
  readonly bbox: readonly [number, number, number, number];
  readonly area: number;
  readonly isCrowd: boolean;
}

/** Ground-truth objects by image. */
export type OracleTruth = readonly (readonly OracleObject[])[];

const thresholds = Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + i * (0.45 / 9)));
const levels = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));
const ranges = { all: [0, 1e10], small: [0, 32 ** 2], medium: [32 ** 2, 96 ** 2], large: [96 ** 2, 1e10] } as const;

/**
 * COCO's twelve numbers by pycocotools' cocoeval.py, step by step and as slow as it likes: `evaluateImg` and
 * `accumulate` for every image, class, size and limit anew.
 */
export function cocoOracle(truth: OracleTruth, rows: readonly OracleRow[], classCount: number): number[] {
  const precision = (size: keyof typeof ranges, most: number, t?: number): number[] => {
    return classes(
      classCount,
      (classId) => accumulate({ truth, rows, classId, range: ranges[size], most }, t)?.precision,
    );
  };
  const recall = (size: keyof typeof ranges, most: number): number[] => {
    return classes(classCount, (classId) => accumulate({ truth, rows, classId, range: ranges[size], most })?.recall);
  };
  const mean = (values: readonly number[]): number => {
    return values.length === 0 ? -1 : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return [
    precision('all', 100),
    precision('all', 100, 0),
    precision('all', 100, 5),
    precision('small', 100),
    precision('medium', 100),
    precision('large', 100),
    recall('all', 1),
    recall('all', 10),
    recall('all', 100),
    recall('small', 100),
    recall('medium', 100),
    recall('large', 100),
  ].map(mean);
}

function classes(count: number, of: (classId: number) => readonly number[] | undefined): number[] {
  return Array.from({ length: count }, (_, classId) => of(classId) ?? []).flat();
}

interface Cell {
  readonly truth: OracleTruth;
  readonly rows: readonly OracleRow[];
  readonly classId: number;
  readonly range: readonly [number, number];
  readonly most: number;
}

/** Precision at all recall levels and last recall, at each threshold or at one; undefined without objects. */
function accumulate(cell: Cell, only?: number): { precision: number[]; recall: number[] } | undefined {
  const images = cell.truth.map((_, image) => evaluateImage(cell, image));
  const positives = images.reduce((sum, { positives: inImage }) => sum + inImage, 0);
  if (positives === 0) return undefined;
  const all = images.flatMap(({ judged }) => judged).sort((a, b) => b.score - a.score);
  const result = { precision: [] as number[], recall: [] as number[] };
  thresholds.forEach((_, t) => {
    if (only !== undefined && t !== only) return;
    let [found, wrong] = [0, 0];
    const recall: number[] = [];
    const precision: number[] = [];
    for (const { isMatched, isIgnored } of all) {
      if (!isIgnored[t] && isMatched[t]) found++;
      if (!isIgnored[t] && !isMatched[t]) wrong++;
      recall.push(found / positives);
      precision.push(found / (found + wrong + Number.EPSILON));
    }
    for (let i = precision.length - 1; i > 0; i--) precision[i - 1] = Math.max(precision[i - 1], precision[i]);
    result.recall.push(recall.at(-1) ?? 0);
    for (const level of levels) {
      const at = recall.findIndex((value) => value >= level);
      result.precision.push(at < 0 ? 0 : precision[at]);
    }
  });
  return result;
}

interface Judged {
  readonly score: number;
  readonly isMatched: boolean[];
  readonly isIgnored: boolean[];
}

function evaluateImage(
  { truth, rows, classId, range, most }: Cell,
  image: number,
): { judged: Judged[]; positives: number } {
  const isOutside = (area: number): boolean => area < range[0] || area > range[1];
  const objects = truth[image]
    .filter((object) => object.classId === classId)
    .map((object) => ({ ...object, isIgnored: object.isCrowd || isOutside(object.area) }))
    .sort((a, b) => Number(a.isIgnored) - Number(b.isIgnored));
  const found = rows
    .filter((row) => row.image === image && row.classId === classId)
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
  const judged = found.map(({ score }): Judged => ({ score, isMatched: [], isIgnored: [] }));
  for (const threshold of thresholds) {
    const isTaken = objects.map(() => false);
    found.forEach((row, d) => {
      let best = Math.min(threshold, 1 - 1e-10);
      let match = -1;
      for (let g = 0; g < objects.length; g++) {
        if (isTaken[g] && !objects[g].isCrowd) continue;
        if (match > -1 && !objects[match].isIgnored && objects[g].isIgnored) break;
        const overlap = iou(row.bbox, objects[g].bbox, objects[g].isCrowd);
        if (overlap < best) continue;
        best = overlap;
        match = g;
      }
      judged[d].isMatched.push(match > -1);
      judged[d].isIgnored.push(match > -1 ? objects[match].isIgnored : isOutside(row.bbox[2] * row.bbox[3]));
      if (match > -1) isTaken[match] = true;
    });
  }
  return { judged, positives: objects.filter(({ isIgnored }) => !isIgnored).length };
}

function iou(d: readonly number[], g: readonly number[], isCrowd: boolean): number {
  const width = Math.min(d[0] + d[2], g[0] + g[2]) - Math.max(d[0], g[0]);
  const height = Math.min(d[1] + d[3], g[1] + g[3]) - Math.max(d[1], g[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (isCrowd ? d[2] * d[3] : d[2] * d[3] + g[2] * g[3] - shared);
}

/** An object as this package takes it. */
export function objectOf({ classId, bbox: [x, y, width, height], area, isCrowd }: OracleObject): GroundTruthObject {
  return { classId, box: [x, y, x + width, y + height], boxArea: width * height, area, isCrowd, isDifficult: false };
}
