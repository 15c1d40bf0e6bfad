import type { AnchorShapes } from '@featuremine/boxes';
import { Random } from '@featuremine/random';
import type { TrainingBatch } from '@featuremine/training';
import { batchCount, detectionBatches, EPOCHS_CACHE_BYTES } from '@featuremine/vision-data';
import type {
  BatchPart,
  DetectionAugmentation,
  DetectionSample,
  MatchingOptions,
  WorkerPool,
} from '@featuremine/vision-data';
import type { DetectorConfig } from './detector-config';
import { drawRepeats, repeatFactors, repeatedCount } from './repeat-factors';
import type { TrainOptions } from './train-options';

/** Where training batches come from. */
export interface TrainingSource {
  readonly samples: readonly DetectionSample[];
  readonly options: TrainOptions;
  readonly config: DetectorConfig;
  readonly pool: WorkerPool;
  /** The part of each batch that this process of a job takes; the whole by default. */
  readonly part?: BatchPart | undefined;
}

/** The random changes of images that the flags ask for. */
export function augmentationOf({
  flip,
  verticalFlip,
  colourJitter,
}: Pick<TrainOptions, 'flip' | 'verticalFlip' | 'colourJitter'>): DetectionAugmentation {
  return { flipProbability: flip, verticalFlipProbability: verticalFlip, ...(colourJitter ? { colourJitter } : {}) };
}

/** What the anchors are matched by. */
export function matchingOf(
  { difficult }: Pick<TrainOptions, 'difficult'>,
  anchors: AnchorShapes | undefined,
): MatchingOptions {
  return { difficult, ...(anchors ? { anchors } : {}) };
}

/** The batches of training: how many an epoch has, and those of each epoch from any of them on. */
export class TrainingBatches {
  readonly perEpoch: number;
  private readonly factors: Float64Array | undefined;

  constructor(private readonly source: TrainingSource) {
    const { samples, options } = source;
    const { repeatThreshold, batchSize } = options;
    this.factors = repeatThreshold === undefined ? undefined : repeatFactors(samples, repeatThreshold);
    const count = this.factors === undefined ? samples.length : repeatedCount(this.factors);
    this.perEpoch = batchCount({ count, batchSize, lastBatch: 'drop' });
  }

  async *of(epoch: number, startBatch: number): AsyncGenerator<TrainingBatch> {
    const { samples, options, config, pool, part } = this.source;
    const { factors } = this;
    const batches = detectionBatches(samples, {
      pool,
      batchSize: options.batchSize,
      part,
      seed: options.seed,
      epoch,
      startBatch,
      order: 'shuffled',
      lastBatch: 'drop',
      resize: config.resize,
      pixels: config.pixels,
      isGroupedByAspect: config.resize.kind === 'min-max',
      augmentation: augmentationOf(options),
      matching: matchingOf(options, config.architecture.anchors),
      cacheBytes: EPOCHS_CACHE_BYTES,
      ...(factors ? { subset: drawRepeats(factors, Random.of(options.seed, 'repeats', epoch)) } : {}),
    });
    for await (const { images, imageSizes, labels, deltas, imageCount, files } of batches) {
      yield { inputs: { images, imageSizes, labels: labels!, deltas: deltas! }, imageCount, files };
    }
  }
}
