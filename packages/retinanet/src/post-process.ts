import { batchedNms, clipBoxes, decodeBoxes } from '@featuremine/boxes';
import type { ImageSize } from '@featuremine/vision-data/browser';
import { selectCandidates } from './candidates';
import { selectDetections } from './detections';
import type { Detections } from './detections';
import { mirroredDetections } from './mirror';

/** What the network says about one level of one image. */
export interface LevelOutput {
  readonly logits: Float32Array; // [R, K + 1] of this level, or [R, K] without the background
  readonly deltas: Float32Array; // [R, 4]
  readonly anchors: Float32Array; // [R, 4], pixels of the padded batch
}

/** The four numbers of RetinaNet's post-processing. */
export interface PostProcessSettings {
  /** A score must be above this one. */
  readonly scoreThreshold: number;
  /** So many candidates of each level go on to non-maximum suppression. */
  readonly candidatesPerLevel: number;
  /** A box goes when its IoU with a better one of its class is above this. */
  readonly iouThreshold: number;
  /** So many detections of an image are kept. */
  readonly maxDetections: number;
}

/** torchvision's settings, with which public RetinaNet results are measured. */
export const TORCHVISION_POST_PROCESS: PostProcessSettings = {
  scoreThreshold: 0.05,
  candidatesPerLevel: 1000,
  iouThreshold: 0.5,
  maxDetections: 300,
};

/**
 * Turns the outputs of one image into detections: threshold, best candidates a level, decode, clip, suppress, cut.
 *
 * `imageSize` is the resized image without its padding; boxes are clipped to it and stay in its pixels. Column 0 is
 * the background and never reported: class id k is column k + 1. Exported networks leave that column out
 * (`hasBackground: false`). Uses no TensorFlow, so it runs in a browser too.
 *
 * Source: torchvision `models/detection/retinanet.py`, postprocess_detections.
 */
export function postProcess(request: {
  readonly levels: readonly LevelOutput[];
  /** What the network says about the mirrored image: its candidates are mirrored back and suppressed with the others. */
  readonly mirroredLevels?: readonly LevelOutput[];
  readonly numClasses: number;
  /** Whether column 0 of the logits is the background; true by default. */
  readonly hasBackground?: boolean;
  readonly imageSize: ImageSize;
  readonly settings?: Partial<PostProcessSettings>;
}): Detections {
  const settings = { ...TORCHVISION_POST_PROCESS, ...request.settings };
  const firstColumn = request.hasBackground === false ? 0 : 1;
  const columns = { firstColumn, columns: request.numClasses + firstColumn };
  const candidates = (levels: readonly LevelOutput[]): Detections[] =>
    levels.map((level) => levelDetections(level, columns, settings));
  const parts = [
    ...candidates(request.levels),
    ...candidates(request.mirroredLevels ?? []).map((part) => mirroredDetections(part, request.imageSize.width)),
  ];
  const all = concatenated(parts);
  const boxes = clipBoxes<Float32Array>(all.boxes, request.imageSize.width, request.imageSize.height);
  const kept = batchedNms(boxes, all.scores, all.classIds, settings.iouThreshold);
  return selectDetections({ ...all, boxes }, kept.subarray(0, settings.maxDetections));
}

function levelDetections(
  level: LevelOutput,
  { columns, firstColumn }: { readonly columns: number; readonly firstColumn: number },
  settings: PostProcessSettings,
): Detections {
  const candidates = selectCandidates({
    logits: level.logits,
    columns,
    firstColumn,
    scoreThreshold: settings.scoreThreshold,
    limit: settings.candidatesPerLevel,
  });
  const rows = candidates.map((position) => Math.floor(position / columns));
  return {
    classIds: candidates.map((position) => (position % columns) - firstColumn),
    scores: Float32Array.from(candidates, (position) => 1 / (1 + Math.exp(-level.logits[position]))),
    boxes: decodeBoxes(gatherBoxes(level.deltas, rows), gatherBoxes(level.anchors, rows)),
  };
}

function gatherBoxes(boxes: Float32Array, rows: Int32Array): Float32Array {
  const gathered = new Float32Array(rows.length * 4);
  rows.forEach((row, index) => gathered.set(boxes.subarray(row * 4, row * 4 + 4), index * 4));
  return gathered;
}

function concatenated(parts: readonly Detections[]): Detections {
  const count = parts.reduce((sum, part) => sum + part.scores.length, 0);
  const all = {
    classIds: new Int32Array(count),
    scores: new Float32Array(count),
    boxes: new Float32Array(count * 4),
  };
  let at = 0;
  for (const part of parts) {
    all.classIds.set(part.classIds, at);
    all.scores.set(part.scores, at);
    all.boxes.set(part.boxes, at * 4);
    at += part.scores.length;
  }
  return all;
}
