import { ConfigError } from '@featuremine/errors';
import { createSchedule } from '@featuremine/training';
import type { Schedule } from '@featuremine/training';
import type { OptimizerConfig } from '@featuremine/tensor-graph';
import type { DetectionResize } from '@featuremine/vision-data';
import { readStateDict } from '@featuremine/weights';
import type { StateDict } from '@featuremine/weights';
import { DETECTOR_VERSIONS, trainablePart } from './architecture';
import type { DetectorArchitecture } from './architecture';
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
  if (weights !== undefined) return { kind: 'detector', file: weights, tensors: readStateDict(weights) };
  if (backbone !== 'none') return { kind: 'backbone', file: backbone, tensors: readStateDict(backbone) };
  return undefined;
}

/** What is built: from the flags, else from the weights, else torchvision's default. */
export function planArchitecture(
  options: TrainOptions,
  numClasses: number,
  start: StartWeights | undefined,
): DetectorArchitecture {
  const found = start?.kind === 'detector' ? inferArchitecture(start.tensors, start.file) : undefined;
  const backbone = options.model ?? (start ? inferBackbone(start.tensors, start.file) : 'resnet50');
  const version = DETECTOR_VERSIONS[options.detector ?? 'v1'];
  const parts =
    options.detector === undefined && found ? { p6From: found.p6From, hasHeadNorm: found.hasHeadNorm } : version;
  const learns = trainablePart(start !== undefined);
  return {
    backbone,
    numClasses,
    ...parts,
    batchNorm: options.batchNorm ?? learns.batchNorm,
    trainableStages: options.trainableStages ?? learns.trainableStages,
  };
}

/** The size rule of the flags, or torchvision's 800/1333. */
export function planResize(options: SizeFlags): DetectionResize {
  return resizeFrom(options) ?? { kind: 'min-max', minSize: 800, maxSize: 1333 };
}

/** The choices of the loss; GIoU is the default of heads with normalisation, as in torchvision's second version. */
export function planLoss(options: TrainOptions, { hasHeadNorm }: DetectorArchitecture): LossOptions {
  return {
    boxLoss: options.boxLoss ?? (hasHeadNorm ? 'giou' : 'l1'),
    smoothL1Beta: options.smoothL1Beta,
    focalAlpha: options.focalAlpha,
    focalGamma: options.focalGamma,
    normalizer: options.lossNormalizer,
  };
}

/** SGD or AdamW by the flags. */
export function planOptimizer({ optimizer, momentum, nesterov, weightDecay }: TrainOptions): OptimizerConfig {
  if (optimizer === 'sgd') return { kind: 'sgd', momentum, nesterov, weightDecay };
  return { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay };
}

/** The learning rate by step. */
export function planSchedule(options: TrainOptions, stepsPerEpoch: number): Schedule {
  const { epochs, batchSize, decayEpochs = [(epochs * 2) / 3, (epochs * 11) / 12] } = options;
  return createSchedule({
    kind: options.schedule,
    learningRate: options.lr ?? (0.01 * batchSize) / 16,
    totalSteps: epochs * stepsPerEpoch,
    warmupSteps: options.warmupSteps ?? Math.min(500, stepsPerEpoch - 1),
    milestones: decayEpochs.map((epoch) => Math.round(epoch * stepsPerEpoch)),
    decayFactor: options.decayFactor,
  });
}
