import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@featuremine/errors';
import { writeRunFile } from '@featuremine/training';
import { averagePrecision, matchVoc, precisionRecall } from '@featuremine/voc-eval';
import type { Evaluation } from '@featuremine/voc-eval';
import type { WorkerPool } from '@featuremine/vision-data';
import { detectingBy } from '../detect-samples';
import { detectionsOfImage, evaluateBy, judgeDetector } from '../evaluate-detector';
import type { EvaluationSet, JudgedSet } from '../evaluate-detector';
import { keepScoresFrom } from '../detections';
import { openDetector } from '../open-detector';
import { detectorFolder } from './arms';
import type { Arm, ArmName } from './arms';

/** The four numbers by which arms are compared, 0…1. */
export interface Scores {
  /** COCO's AP at IoU 0.5, at 0.75, and the mean over 0.5:0.95. */
  readonly AP50: number;
  readonly AP75: number;
  readonly AP: number;
  /** VOC07's 11-point mAP at IoU 0.5. */
  readonly mAP: number;
}

/** Recall and precision of one class along its ranking, at IoU 0.5. */
export interface PrCurve {
  readonly className: string;
  readonly ap: number;
  readonly recall: readonly number[];
  readonly precision: readonly number[];
}

/** What is kept of an evaluated arm; the content of its result.json. */
export interface ArmResult {
  readonly arm: ArmName;
  readonly seed: number;
  readonly scores: Scores;
  readonly voc07: Evaluation;
  readonly curves: readonly PrCurve[];
  /** The first images of the test set, for the report. */
  readonly shown: readonly ShownImage[];
}

/** An image of the report with its ground truth and the detections that are worth drawing; boxes `[D, 4]` flat. */
export interface ShownImage {
  readonly imagePath: string;
  readonly width: number;
  readonly height: number;
  readonly detections: { readonly classIds: number[]; readonly scores: number[]; readonly boxes: number[] };
  readonly groundTruth: { readonly labels: number[]; readonly boxes: number[] };
}

/** The file in an arm's folder that says that the arm is done. */
const RESULT_FILE = 'result.json';
const CURVE_POINTS = 200;
const SHOWN_IMAGES = 12;
const SHOWN_SCORE = 0.4;

/** The result of an arm that was finished before; undefined where there is none, or a damaged one. */
export function readArmResult(arm: Arm): ArmResult | undefined {
  const file = join(arm.folder, RESULT_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return parseJson(readFileSync(file, 'utf8')) as ArmResult;
  } catch {
    return undefined;
  }
}

/** Evaluates an arm's detector on the test set and writes its result.json. */
export async function evaluateArm(
  arm: Arm,
  set: EvaluationSet,
  options: {
    readonly pool: WorkerPool;
    readonly batchSize: number;
    readonly precision: 'float32' | 'bfloat16';
    readonly onProgress: (done: number) => void;
  },
): Promise<ArmResult> {
  const detector = await openDetector({ run: detectorFolder(arm) }, { precision: options.precision });
  try {
    const judged = await judgeDetector(set, { ...options, ...detectingBy(detector) });
    const voc07 = evaluateBy('voc07', judged);
    const result: ArmResult = {
      arm: arm.name,
      seed: arm.seed,
      scores: { ...cocoScores(judged), mAP: voc07.mAP ?? 0 },
      voc07,
      curves: prCurves(judged),
      shown: shownImages(judged),
    };
    writeRunFile(join(arm.folder, RESULT_FILE), `${JSON.stringify(result, null, 1)}\n`);
    return result;
  } finally {
    await detector.close();
  }
}

function cocoScores(judged: JudgedSet): Omit<Scores, 'mAP'> {
  const { AP50, AP75, AP } = evaluateBy('coco', judged) as Evaluation & Omit<Scores, 'mAP'>;
  return { AP50, AP75, AP };
}

function prCurves(judged: JudgedSet): PrCurve[] {
  const { rankings } = matchVoc({ ...judged, iouThresholds: [0.5], isPixelInclusive: true, ignoresDifficult: true });
  return rankings
    .filter(({ positives }) => positives > 0)
    .map(({ classId, positives, outcomes }) => {
      const curve = precisionRecall(outcomes[0], positives);
      const step = Math.max(1, Math.ceil(curve.recall.length / CURVE_POINTS));
      const thinned = (values: ArrayLike<number>): number[] =>
        Array.from(values).filter((_, i) => i % step === 0 || i === values.length - 1);
      return {
        className: judged.groundTruth.classNames[classId],
        ap: averagePrecision(curve, 'eleven-points'),
        recall: thinned(curve.recall),
        precision: thinned(curve.precision),
      };
    });
}

function shownImages({ groundTruth, detections }: JudgedSet): ShownImage[] {
  return groundTruth.images.slice(0, SHOWN_IMAGES).flatMap(({ imagePath, width, height, objects }, image) => {
    if (imagePath === undefined) return [];
    const { classIds, scores, boxes } = keepScoresFrom(detectionsOfImage(detections, image), SHOWN_SCORE);
    return [
      {
        imagePath,
        width,
        height,
        detections: { classIds: [...classIds], scores: [...scores], boxes: [...boxes] },
        groundTruth: { labels: objects.map(({ classId }) => classId), boxes: objects.flatMap(({ box }) => [...box]) },
      },
    ];
  });
}
