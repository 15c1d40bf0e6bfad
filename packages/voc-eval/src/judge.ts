import type { ApRule } from './average-precision';
import type { ClassRanking } from './class-ranking';
import { checkDetections, type Detections } from './detections';
import { cocoAreaRanges } from './evaluate-coco';
import { vocApRule } from './evaluate-voc';
import type { Protocol } from './evaluation';
import type { GroundTruth } from './ground-truth';
import { cocoIouThresholds } from './iou-thresholds';
import { forEachCocoClass } from './match-coco';
import { matchVoc } from './match-voc';
import { objectTable, type DifficultRule, type ObjectTable } from './object-table';

/** Detections and the protocol by which they are judged. */
export interface JudgeOptions {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  readonly protocol: Protocol;
  /** VOC protocols only; [0.5] by default. COCO always has its ten. */
  readonly iouThresholds?: readonly number[];
  /** VOC protocols only: box widths with the devkit's +1; true by default. */
  readonly isPixelInclusive?: boolean;
  /** What difficult objects are; `ignore` by default. VOC protocols take `crowd` as `ignore`. */
  readonly difficult?: DifficultRule;
}

/** Every detection judged under one protocol: what curves, intervals and reports are made from. */
export interface Judgement {
  readonly protocol: Protocol;
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  readonly iouThresholds: readonly number[];
  /** How the protocol turns a curve into AP. */
  readonly rule: ApRule;
  /** The objects that `ClassRanking.matches` point to. */
  readonly objects: ObjectTable;
  /** [K] one a class; COCO's are those of all object sizes with at most 100 detections an image. */
  readonly rankings: readonly ClassRanking[];
}

/** Judges all detections, and keeps the judgement of each. Throws a DatasetError for rows that do not fit. */
export function judge(options: JudgeOptions): Judgement {
  const { groundTruth, detections, protocol, difficult = 'ignore' } = options;
  if (protocol !== 'coco') {
    const iouThresholds = options.iouThresholds ?? [0.5];
    const { objects, rankings } = matchVoc({
      groundTruth,
      detections,
      iouThresholds,
      isPixelInclusive: options.isPixelInclusive ?? true,
      ignoresDifficult: difficult !== 'ordinary',
    });
    return { protocol, groundTruth, detections, iouThresholds, rule: vocApRule(protocol), objects, rankings };
  }
  checkDetections(groundTruth, detections);
  const objects = objectTable(groundTruth, difficult);
  const iouThresholds = cocoIouThresholds;
  const rankings: ClassRanking[] = [];
  const imageCount = groundTruth.images.length;
  forEachCocoClass({ objects, detections, imageCount, iouThresholds }, (cocoClass) => {
    rankings.push(cocoClass.match(cocoAreaRanges.all));
  });
  return { protocol, groundTruth, detections, iouThresholds, rule: 'hundred-one-points', objects, rankings };
}
