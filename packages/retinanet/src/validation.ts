import { singleProcess, together, type Collective } from '@featuremine/mpi';
import type { CompiledModel } from '@featuremine/tensor-graph';
import type { Picture, ReportExamples } from '@featuremine/training';
import { EPOCHS_CACHE_BYTES, partOf } from '@featuremine/vision-data';
import type { WorkerPool } from '@featuremine/vision-data';
import type { DetectionSet } from './detection-set';
import type { Detector } from './detector';
import type { DetectorConfig } from './detector-config';
import { validationStep } from './detector-steps';
import { detectingBy } from './detect-samples';
import type { DetectOptions } from './detect-samples';
import { keepScoresFrom } from './detections';
import { drawnJpeg } from './draw-detections';
import { detectionsOfImage, evaluateBy, evaluationSetOf, judgeDetector } from './evaluate-detector';
import type { EvaluationSet, JudgedSet } from './evaluate-detector';
import { gatherDetections } from './gather-detections';
import type { LossOptions } from './losses';
import type { TrainOptions } from './train-options';
import { matchingOf } from './training-batches';
import { chosenExamples, examplesSection, foundExample } from './validation-examples';
import type { FoundExamples } from './validation-examples';
import { ValidationLoss } from './validation-loss';

/** What a validation is made of. */
export interface ValidationOptions {
  readonly detector: Detector;
  readonly model: CompiledModel;
  readonly config: DetectorConfig;
  readonly loss: LossOptions;
  readonly pool: WorkerPool;
  readonly options: TrainOptions;
  /** The processes that validate together, and all get the same result; this one alone by default. */
  readonly job?: Collective;
}

const SHOWN_IMAGES = 4;
const SHOWN_SCORE = 0.3;
const SHOWN_SIDE_PX = 512;

/** The validation set of a training: its loss and average precision after each epoch, and pictures of it. */
export class Validation {
  private readonly set: EvaluationSet;
  private readonly evaluate: ReturnType<CompiledModel['evaluation']>;
  private judged: JudgedSet | undefined;

  constructor(
    images: DetectionSet,
    private readonly parts: ValidationOptions,
  ) {
    const { detector, model, loss, options } = parts;
    this.set = evaluationSetOf(images);
    const weights = options.ema > 0 ? 'ema' : 'current';
    this.evaluate = model.evaluation('validate', validationStep(detector, loss), { weights });
  }

  /**
   * `mAP`, `AP/<class>`, `val/loss` and its parts; with the averaged weights, when there are some. Where there is no
   * object to be found, there is no such value.
   */
  async metrics(signal: AbortSignal): Promise<Record<string, number>> {
    const { config, loss, pool, options, job = singleProcess } = this.parts;
    const losses = new ValidationLoss(loss.normalizer);
    const judging: DetectOptions = {
      ...detectingBy({ ...config, evaluate: this.evaluate }),
      batchSize: options.batchSize,
      cacheBytes: EPOCHS_CACHE_BYTES,
      isMirrored: options.testFlip,
      validation: {
        matching: matchingOf(options, config.architecture.anchors),
        onOutputs: (batch, outputs) => losses.add(batch, outputs),
      },
      pool,
      signal,
      part: partOf(job),
    };
    const { groundTruth, detections } = await together(job, () => judgeDetector(this.set, judging));
    this.judged = { groundTruth, detections: await gatherDetections(job, detections) };
    await losses.addUp(job);
    const evaluation = evaluateBy(options.protocol, this.judged);
    const precisions: Precision[] = [['mAP', evaluation.mAP]];
    for (const [name, { ap }] of Object.entries(evaluation.classes)) precisions.push([`AP/${name}`, ap]);
    return { ...losses.metrics(), ...Object.fromEntries(precisions.filter(isMeasured)) };
  }

  /** Some images for the report, with what the last `metrics` that were the best found in them. */
  get examples(): ReportExamples {
    const { samples } = this.set;
    const { config, options } = this.parts;
    return {
      found: () => {
        const { judged } = this;
        if (judged === undefined) return undefined;
        const images = chosenExamples(samples, options.seed).map((image) =>
          foundExample(
            { image, id: samples[image].id, detections: detectionsOfImage(judged.detections, image) },
            config.classNames,
          ),
        );
        return { images } satisfies FoundExamples;
      },
      section: (found) => examplesSection(found, { samples, classNames: config.classNames }),
    };
  }

  /** The first images with their objects (dashed) and what was found in them by the last `metrics`. */
  async pictures(): Promise<Picture[]> {
    const { judged } = this;
    if (judged === undefined) return [];
    const { classNames } = this.parts.config;
    const shown = this.set.samples.slice(0, SHOWN_IMAGES);
    return Promise.all(
      shown.map(async ({ id, imagePath, width, height, boxes, labels }, image) => {
        const detections = keepScoresFrom(detectionsOfImage(judged.detections, image), SHOWN_SCORE);
        const drawing = { size: { width, height }, classNames, detections, groundTruth: { boxes, labels } };
        return { name: `val/${id}`, ...(await drawnJpeg(imagePath, drawing, SHOWN_SIDE_PX)) };
      }),
    );
  }
}

/** What it is of, and its value. */
type Precision = readonly [name: string, value: number | null];

// Without objects to be found a value is null, of COCO −1.
function isMeasured(entry: Precision): entry is readonly [string, number] {
  return entry[1] !== null && entry[1] >= 0;
}
