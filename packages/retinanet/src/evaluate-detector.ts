import { DetectionList, evaluateCoco, evaluateVoc, groundTruthFromImageSet } from '@featuremine/voc-eval';
import type { Detections as DetectionColumns, Evaluation, GroundTruth, Protocol } from '@featuremine/voc-eval';
import { detectionSamplesOf } from '@featuremine/vision-data';
import type { DetectionSample } from '@featuremine/vision-data';
import { detectSamples } from './detect-samples';
import type { DetectOptions } from './detect-samples';
import type { DetectionSet } from './detection-set';
import type { Detections } from './detections';

/** All detections on an image set beside its ground truth: what every protocol judges. */
export interface JudgedSet {
  readonly groundTruth: GroundTruth;
  readonly detections: DetectionColumns;
}

/** An image set that is ready to be judged on: made once, used after every epoch. */
export interface EvaluationSet {
  readonly samples: readonly DetectionSample[];
  readonly groundTruth: GroundTruth;
}

/** Makes the samples and the ground truth of an image set. */
export function evaluationSetOf(set: DetectionSet): EvaluationSet {
  return { samples: detectionSamplesOf(set.images), groundTruth: set.groundTruth ?? groundTruthFromImageSet(set) };
}

/** Runs the detector over an image set and gathers its detections, in pixels of the files. */
export async function judgeDetector(set: EvaluationSet, options: DetectOptions): Promise<JudgedSet> {
  const list = new DetectionList();
  for await (const { index, detections } of detectSamples(set.samples, options)) {
    for (let i = 0; i < detections.scores.length; i++) {
      const box = detections.boxes.subarray(i * 4, i * 4 + 4);
      list.add(index, detections.classIds[i], detections.scores[i], box);
    }
  }
  return { groundTruth: set.groundTruth, detections: list.detections() };
}

/** What was found in one image of the set, in the order in which it was added. */
export function detectionsOfImage({ imageIndex, classId, score, box }: DetectionColumns, image: number): Detections {
  const rows: number[] = [];
  for (let row = 0; row < imageIndex.length; row++) if (imageIndex[row] === image) rows.push(row);
  return {
    classIds: Int32Array.from(rows, (row) => classId[row]),
    scores: Float32Array.from(rows, (row) => score[row]),
    boxes: Float32Array.from(rows.flatMap((row) => [...box.subarray(row * 4, row * 4 + 4)])),
  };
}

/** Evaluates by one protocol; `iou` is for VOC's (0.5 by default), COCO's has its own ten. */
export function evaluateBy(protocol: Protocol, judged: JudgedSet, iou?: number): Evaluation {
  if (protocol === 'coco') return evaluateCoco(judged);
  return evaluateVoc({ ...judged, protocol, ...(iou === undefined ? {} : { iouThresholds: [iou] }) });
}
