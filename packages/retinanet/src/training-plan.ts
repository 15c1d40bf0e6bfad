import { RETINANET_ANCHORS } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import { ConfigError, nearestName } from '@featuremine/errors';
import { createSchedule } from '@featuremine/training';
import type { Schedule } from '@featuremine/training';
import type { DetectionResize } from '@featuremine/vision-data';
import { readStateDict } from '@featuremine/weights';
import type { StateDict } from '@featuremine/weights';
import { DETECTOR_VERSIONS, trainablePart } from './architecture';
import type { DetectorArchitecture } from './architecture';
import { configInWeights } from './detector-config';
import type { DetectorConfig } from './detector-config';
import { inferArchitecture, inferBackbone } from './infer-architecture';
import type { LossOptions } from './losses';
import { resizeFrom } from './resize-option';
import type { SizeFlags } from './resize-option';
import type { TrainOptions } from './train-options';

/** The weights that training starts from. */
export interface StartWeights {
  readonly kind: 'backbone' | 'detector';
  readonly file: string;
  readonly tensors: StateDict;
  /** What a detector's file says of it, if `retinanet train` wrote it. */
  readonly config?: DetectorConfig | undefined;
}

/** Reads the file of --weights or --backbone; `undefined` to start from nothing. @throws WeightsError, ConfigError */
export function readStartWeights({
  backbone,
  weights,
}: Pick<TrainOptions, 'backbone' | 'weights'>): StartWeights | undefined {
  if (weights !== undefined && backbone !== 'none') {
    throw new ConfigError({
      where: '--weights',
      found: 'it is given together with --backbone',
      fix: 'A detector’s weights hold its backbone: leave one of the two out',
    });
  }
  if (weights !== undefined) {
    return { kind: 'detector', file: weights, tensors: readStateDict(weights), config: configInWeights(weights) };
  }
  if (backbone !== 'none') return { kind: 'backbone', file: backbone, tensors: readStateDict(backbone) };
  return undefined;
}

/**
 * What is built: from the flags, else as `stored` by the run that is resumed, else from the weights, else torchvision's
 * default.
 */
export function planArchitecture(
  options: TrainOptions,
  numClasses: number,
  start: StartWeights | undefined,
  stored?: DetectorArchitecture,
): DetectorArchitecture {
  const found = stored ?? (start?.kind === 'detector' ? inferArchitecture(start.tensors, start.file) : undefined);
  const version = DETECTOR_VERSIONS[options.detector ?? 'v1'];
  const parts = options.detector === undefined && found ? found : version;
  const learns = stored ?? trainablePart(start !== undefined);
  const anchors = planAnchors(options, stored?.anchors ?? start?.config?.architecture.anchors);
  return {
    backbone: options.model ?? stored?.backbone ?? (start ? inferBackbone(start.tensors, start.file) : 'resnet50'),
    numClasses,
    p6From: options.p6From ?? parts.p6From,
    hasHeadNorm: options.headNorm === undefined ? parts.hasHeadNorm : options.headNorm === 'group',
    batchNorm: options.batchNorm ?? learns.batchNorm,
    trainableStages: options.trainableStages ?? learns.trainableStages,
    ...(anchors ? { anchors } : {}),
  };
}

/**
 * The anchors that the flags ask for, where they say nothing those of `known`; `undefined` for torchvision's.
 *
 * @throws ConfigError for sizes that do not rise
 */
export function planAnchors(
  { anchorSizes, anchorRatios }: Pick<TrainOptions, 'anchorSizes' | 'anchorRatios'>,
  known?: AnchorShapes,
): AnchorShapes | undefined {
  if (anchorSizes === undefined && anchorRatios === undefined) return known;
  const { sizes, ratios } = known ?? RETINANET_ANCHORS;
  const isRising = anchorSizes?.every((size, i) => i === 0 || size > anchorSizes[i - 1]) ?? true;
  if (isRising) return { sizes: anchorSizes ?? sizes, ratios: anchorRatios ?? ratios };
  throw new ConfigError({
    where: '--anchor-sizes',
    found: anchorSizes!.join(','),
    expected: 'sizes that rise from p3 to p7, such as 16,32,64,128,256',
    fix: 'Put them in order',
  });
}

/** The size rule of the flags, else the `known` one, else torchvision's 800/1333. */
export function planResize(options: SizeFlags, known?: DetectionResize): DetectionResize {
  return resizeFrom(options) ?? known ?? { kind: 'min-max', minSize: 800, maxSize: 1333 };
}

/**
 * The choices of the loss; GIoU is the default of heads with normalisation, as in torchvision's second version.
 *
 * @throws ConfigError for a weight of a class that the data do not have
 */
export function planLoss(
  options: TrainOptions,
  { hasHeadNorm, anchors }: Pick<DetectorArchitecture, 'hasHeadNorm' | 'anchors'>,
  classNames: readonly string[],
): LossOptions {
  return {
    boxLoss: options.boxLoss ?? (hasHeadNorm ? 'giou' : 'l1'),
    smoothL1Beta: options.smoothL1Beta,
    focalAlpha: options.focalAlpha,
    focalGamma: options.focalGamma,
    normalizer: options.lossNormalizer,
    classWeights: options.classWeights && weightsById(options.classWeights, classNames),
    anchors,
  };
}

function weightsById(weights: Readonly<Record<string, number>>, classNames: readonly string[]): number[] {
  for (const name of Object.keys(weights)) {
    if (classNames.includes(name)) continue;
    const near = nearestName(name, classNames);
    throw new ConfigError({
      where: `--class-weights, class ${name}`,
      found: 'the data have no class of this name',
      expected: `one of ${classNames.join(', ')}`,
      fix: near === undefined ? 'Correct the name' : `Did you mean ${near}?`,
    });
  }
  return classNames.map((name) => weights[name] ?? 1);
}

/** What is to be said of flags that the schedule does not use. */
export function scheduleAdvice({ schedule, warmupSteps, riseShare }: TrainOptions): string | undefined {
  if (schedule !== 'one-cycle' || warmupSteps === undefined || warmupSteps === 0) return undefined;
  return (
    '--warmup-steps does nothing with --schedule one-cycle, whose rate rises in the first ' +
    `${(riseShare * 100).toFixed(0)} % of the steps: --rise-share changes that`
  );
}

/** The learning rate by step, of which an epoch has `stepsPerEpoch` (updates). */
export function planSchedule(options: TrainOptions, stepsPerEpoch: number): Schedule {
  const { epochs, batchSize, accumulate, decayEpochs = [(epochs * 2) / 3, (epochs * 11) / 12] } = options;
  return createSchedule({
    kind: options.schedule,
    learningRate: options.lr ?? (0.01 * batchSize * accumulate) / 16,
    totalSteps: epochs * stepsPerEpoch,
    warmupSteps: options.warmupSteps ?? Math.min(500, stepsPerEpoch - 1),
    milestones: decayEpochs.map((epoch) => Math.round(epoch * stepsPerEpoch)),
    decayFactor: options.decayFactor,
    riseShare: options.riseShare,
  });
}
