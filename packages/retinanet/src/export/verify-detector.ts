import { largestDifference } from '@featuremine/graph-export';
import type { ModelRunner } from '@featuremine/graph-export';
import { CompiledModel } from '@featuremine/tensor-graph';
import type { HostTensor } from '@featuremine/tensor-graph';
import { loadDetectionBatch } from '@featuremine/vision-data';
import type { DetectionBatch, DetectionResize, ImageSize } from '@featuremine/vision-data';
import { anchorShapesOf } from '../architecture';
import type { Detections } from '../detections';
import { evaluationStep } from '../detector-steps';
import type { PostProcessSettings } from '../post-process';
import type { StoredDetector } from '../read-detector';
import { compareDetections } from './compare-detections';
import { detectionsOfExport } from './exported-outputs';
import type { ExportedOutputs } from './exported-outputs';
import { exportedImage } from './exported-input';
import { joinedOutputs } from './joined-outputs';

/** How far an export is from the detector that it was made of, the largest of all images. */
export interface Verification {
  readonly images: number;
  /** Of outputs, where post-processing is outside. */
  readonly logits?: number;
  readonly deltas?: number;
  /** Of detections that both find. */
  readonly score: number;
  readonly boxPx: number;
  readonly paired: number;
  /** Detections that only one of both finds. */
  readonly unpaired: number;
  /** Whether nothing is above the tolerance. */
  readonly isEqual: boolean;
}

/** What `verifyDetector` needs. */
export interface VerifyOptions {
  readonly runner: ModelRunner;
  readonly images: readonly string[];
  readonly resize: DetectionResize;
  readonly postProcessing: 'inside' | 'outside';
  readonly settings: PostProcessSettings;
  /** Above this the export is another network: of logits, deltas, scores, and boxes as a share of the input's side. */
  readonly tolerance: number;
  readonly onProgress?: (done: number) => void;
}

/** Runs an export and the detector that it was made of on the same images, one by one. */
export async function verifyDetector(stored: StoredDetector, options: VerifyOptions): Promise<Verification> {
  const { detector, values } = stored;
  const model = new CompiledModel({ variables: detector.variables, seed: 0 });
  try {
    await model.writeVariables(values);
    const evaluate = model.evaluation('detect', evaluationStep(detector));
    const results: ImageDifference[] = [];
    for (const image of options.images) {
      const batch = await loadDetectionBatch([image], { resize: options.resize, pixels: stored.config.pixels });
      const { images, imageSizes } = batch;
      const expected = joinedOutputs(await evaluate({ images, imageSizes }), stored.config.classNames.length);
      results.push(await imageDifference(stored, batch, expected, options));
      options.onProgress?.(results.length);
    }
    return summary(results, options);
  } finally {
    await model.dispose();
  }
}

interface ImageDifference {
  readonly logits: number;
  readonly deltas: number;
  readonly score: number;
  readonly boxPx: number;
  readonly boxShare: number;
  readonly paired: number;
  readonly unpaired: number;
}

async function imageDifference(
  { config }: StoredDetector,
  batch: DetectionBatch,
  expected: ExportedOutputs,
  { runner, postProcessing, settings, tolerance }: VerifyOptions,
): Promise<ImageDifference> {
  const [, height, width] = batch.images.shape;
  const [imageHeight, imageWidth] = batch.imageSizes.data as unknown as [number, number];
  const imageSize: ImageSize = { height: imageHeight, width: imageWidth };
  const anchors = anchorShapesOf(config.architecture);
  const layout = { inputSize: { height, width }, numClasses: config.classNames.length, anchors, imageSize, settings };
  const images = exportedImage(batch, 0);
  const outputs =
    postProcessing === 'outside'
      ? await runner.run({ images })
      : await runner.run({ images, imageSize: { dtype: 'float32', shape: [2], data: Float32Array.of(imageHeight, imageWidth) } }); // prettier-ignore
  const raw = postProcessing === 'outside' ? rawOutputs(outputs) : undefined;
  const found = raw ? detectionsOfExport(raw, layout) : detectionsInside(outputs);
  const difference = compareDetections(detectionsOfExport(expected, layout), found, {
    threshold: settings.scoreThreshold,
    tolerance,
  });
  return {
    ...difference,
    boxShare: difference.boxPx / Math.max(height, width),
    logits: raw ? largestDifference(expected.logits, raw.logits) : 0,
    deltas: raw ? largestDifference(expected.deltas, raw.deltas) : 0,
  };
}

function summary(results: readonly ImageDifference[], { postProcessing, tolerance }: VerifyOptions): Verification {
  const largest = (key: keyof ImageDifference): number => Math.max(0, ...results.map((result) => result[key]));
  const sum = (key: keyof ImageDifference): number => results.reduce((total, result) => total + result[key], 0);
  const judged = [largest('logits'), largest('deltas'), largest('score'), largest('boxShare')];
  const isOutside = postProcessing === 'outside';
  return {
    images: results.length,
    ...(isOutside ? { logits: largest('logits'), deltas: largest('deltas') } : {}),
    score: largest('score'),
    boxPx: largest('boxPx'),
    paired: sum('paired'),
    unpaired: sum('unpaired'),
    isEqual: judged.every((difference) => difference <= tolerance) && sum('unpaired') === 0,
  };
}

function rawOutputs(outputs: Readonly<Record<string, HostTensor>>): ExportedOutputs {
  return { logits: outputs['logits'].data as Float32Array, deltas: outputs['deltas'].data as Float32Array };
}

function detectionsInside({ boxes, scores, labels }: Readonly<Record<string, HostTensor>>): Detections {
  return {
    boxes: Float32Array.from(boxes.data),
    scores: Float32Array.from(scores.data),
    classIds: Int32Array.from(labels.data),
  };
}
