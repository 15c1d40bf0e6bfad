import type { Logger } from '@featuremine/command-line';
import { DatasetError } from '@featuremine/errors';
import { CompiledModel } from '@featuremine/tensor-graph';
import { RunFolder, train } from '@featuremine/training';
import type { Summary, TrainingBatch } from '@featuremine/training';
import { batchCount, createWorkerPool, detectionBatches, detectionSamplesOf } from '@featuremine/vision-data';
import type { DetectionSample, WorkerPool } from '@featuremine/vision-data';
import { openDevkit, readImageSet } from '@featuremine/voc';
import type { ReadImageSetOptions, VocImageSet } from '@featuremine/voc';
import { makeStateDict, writeSafetensors } from '@featuremine/weights';
import { adviceOn, anchorCoverage } from './anchor-coverage';
import type { DetectorConfig } from './detector-config';
import { countParameters, makeDetector } from './detector';
import type { Detector } from './detector';
import { evaluationStep, trainingStep } from './detector-steps';
import { evaluateBy, evaluationSetOf, judgeDetector } from './evaluate-detector';
import { backboneWeights, detectorWeights } from './load-weights';
import type { LoadedWeights } from './load-weights';
import { describeResize } from './resize-option';
import type { TrainOptions } from './train-options';
import { planArchitecture, planLoss, planOptimizer, planResize, planSchedule, readStartWeights } from './training-plan';
import type { StartWeights } from './training-plan';

/**
 * Trains a detector as the options say, and writes the run folder. Returns the content of summary.json.
 *
 * Images, order and augmentation depend on the seed only. After each epoch the validation set is evaluated; the
 * weights with the best mAP are kept.
 *
 * @throws UserError for data, options and weights that cannot be used; nothing is written then.
 */
export async function trainDetector(options: TrainOptions, log: Logger): Promise<Summary> {
  const start = readStartWeights(options);
  const { trainSet, valSet } = readData(options, log);
  const architecture = planArchitecture(options, trainSet.classNames.length, start);
  const config: DetectorConfig = {
    classNames: trainSet.classNames,
    architecture,
    resize: planResize(options),
    pixels: options.pixels,
  };
  const detector = makeDetector(architecture);
  const weights = start && startWeights(detector, start);
  if (weights) log.info(weights.report);
  log.info(
    `${architecture.backbone}, ${countParameters(detector.variables).toLocaleString('en')} parameters, ` +
      `${trainSet.images.length} images at ${describeResize(config.resize)}`,
  );
  const advice = adviceOn(anchorCoverage(trainSet.images, config.resize));
  if (advice !== undefined) log.warn(advice);
  const run = RunFolder.open({
    path: options.out,
    resume: options.resume,
    config: { ...options, detector: config },
    log,
  });
  const pool = createWorkerPool({ workers: options.workers });
  const model = new CompiledModel({
    variables: detector.variables,
    seed: options.seed,
    precision: options.precision,
    ...(options.ema > 0 ? { ema: { decay: options.ema } } : {}),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    if (weights) await model.writeVariables(startValues(weights, options.ema > 0));
    return await runTraining({ options, config, detector, model, pool, run, trainSet, valSet, log });
  } finally {
    run.close();
    await pool.close();
    await model.dispose();
  }
}

interface TrainingParts {
  readonly options: TrainOptions;
  readonly config: DetectorConfig;
  readonly detector: Detector;
  readonly model: CompiledModel;
  readonly pool: WorkerPool;
  readonly run: RunFolder;
  readonly trainSet: VocImageSet;
  readonly valSet: VocImageSet | undefined;
  readonly log: Logger;
}

async function runTraining(parts: TrainingParts): Promise<Summary> {
  const { options, config, detector, model, run, trainSet, log } = parts;
  const samples = detectionSamplesOf(trainSet.images);
  const stepsPerEpoch = batchCount({ count: samples.length, batchSize: options.batchSize, lastBatch: 'drop' });
  const step = model.trainStep('train', trainingStep(detector, planLoss(options, config.architecture)), {
    optimizer: planOptimizer(options),
    ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
  });
  return train(
    {
      model,
      step,
      stepsPerEpoch,
      batches: (epoch, startBatch) => trainingBatches(parts, samples, { epoch, startBatch }),
      evaluate: validation(parts),
      bestMetric: { name: 'mAP', mode: 'max' },
      saveWeights: (path) => saveWeights(path, parts),
      parameterCount: countParameters(detector.variables.filter(({ isTrainable }) => isTrainable)),
    },
    run,
    {
      ...options,
      schedule: planSchedule(options, stepsPerEpoch),
      log,
      summary: { classNames: config.classNames, architecture: config.architecture, resize: config.resize },
    },
  );
}

async function* trainingBatches(
  { options, config, pool }: TrainingParts,
  samples: readonly DetectionSample[],
  { epoch, startBatch }: { readonly epoch: number; readonly startBatch: number },
): AsyncGenerator<TrainingBatch> {
  const batches = detectionBatches(samples, {
    pool,
    batchSize: options.batchSize,
    seed: options.seed,
    epoch,
    startBatch,
    order: 'shuffled',
    lastBatch: 'drop',
    resize: config.resize,
    pixels: config.pixels,
    isGroupedByAspect: config.resize.kind === 'min-max',
    augmentation: {
      flipProbability: options.flip,
      ...(options.colourJitter ? { colourJitter: options.colourJitter } : {}),
    },
    matching: { difficult: options.difficult },
  });
  for await (const { images, imageSizes, labels, deltas, imageCount, files } of batches) {
    yield { inputs: { images, imageSizes, labels: labels!, deltas: deltas! }, imageCount, files };
  }
}

function validation(parts: TrainingParts): (epoch: number, signal: AbortSignal) => Promise<Record<string, number>> {
  const { options, config, detector, model, pool, valSet } = parts;
  if (valSet === undefined) return () => Promise.resolve({});
  const set = evaluationSetOf(valSet);
  const evaluate = model.evaluation('detect', evaluationStep(detector), {
    weights: options.ema > 0 ? 'ema' : 'current',
  });
  return async (_epoch, signal) => {
    const judged = await judgeDetector(set, {
      evaluate,
      numClasses: config.classNames.length,
      resize: config.resize,
      pixels: config.pixels,
      batchSize: options.batchSize,
      pool,
      signal,
    });
    const evaluation = evaluateBy(options.protocol, judged);
    const perClass = Object.entries(evaluation.classes).filter(([, { ap }]) => ap !== null);
    return { mAP: evaluation.mAP ?? 0, ...Object.fromEntries(perClass.map(([name, { ap }]) => [`AP/${name}`, ap!])) };
  };
}

function readData(options: TrainOptions, log: Logger): { trainSet: VocImageSet; valSet: VocImageSet | undefined } {
  const devkit = openDevkit(options.voc);
  const read = (sets: string, readOptions: ReadImageSetOptions): VocImageSet => {
    const set = readImageSet(devkit, sets, readOptions);
    return { ...set, images: set.images.slice(0, options.limit) };
  };
  const trainSet = read(options.train, {
    onBadBox: options.onBadBox,
    faultFile: `${options.out}-faults.txt`,
    ...(options.classes ? { classes: options.classes, needsEveryClass: true } : {}),
  });
  if (!options.classes) log.info(`classes: ${trainSet.classNames.join(', ')}`);
  reportBoxes(trainSet, options.train, log);
  if (trainSet.images.length < options.batchSize) {
    throw new DatasetError({
      where: `--train ${options.train}`,
      found: `${trainSet.images.length} images`,
      expected: `at least --batch-size ${options.batchSize}`,
      fix: 'Add image sets, or take a smaller batch',
    });
  }
  if (options.val === undefined) return { trainSet, valSet: undefined };
  const valSet = read(options.val, { onBadBox: options.onBadBox, classes: trainSet.classNames });
  reportBoxes(valSet, options.val, log);
  return { trainSet, valSet };
}

function reportBoxes({ report }: VocImageSet, set: string, log: Logger): void {
  if (report.skippedBoxCount > 0) log.warn(`${set}: ${report.skippedBoxCount} boxes left out`);
  if (report.clippedBoxCount > 0) log.warn(`${set}: ${report.clippedBoxCount} boxes trimmed to their image`);
  if (report.otherClassCount > 0) log.warn(`${set}: ${report.otherClassCount} objects of other classes left out`);
}

function startWeights(detector: Detector, { kind, tensors, file }: StartWeights): LoadedWeights {
  return kind === 'backbone' ? backboneWeights(detector, tensors, file) : detectorWeights(detector, tensors, file);
}

// Averages start where the weights start.
function startValues({ values }: LoadedWeights, hasAverages: boolean): Map<string, Float32Array> {
  if (!hasAverages) return values;
  return new Map([...values, ...[...values].map(([name, value]): [string, Float32Array] => [`ema/${name}`, value])]);
}

async function saveWeights(path: string, { options, config, detector, model }: TrainingParts): Promise<void> {
  const prefix = options.ema > 0 ? 'ema/' : '';
  const names = detector.variables.map(({ name }) => prefix + name);
  const stored = await model.readVariables([...names, 'optimizer/step']);
  const values = new Map(detector.variables.map(({ name }) => [name, stored.get(prefix + name)!]));
  const batchCountOption =
    config.architecture.batchNorm === 'trainable' ? { batchCount: stored.get('optimizer/step')![0] } : {};
  writeSafetensors(path, makeStateDict(detector.variables, values, batchCountOption), {
    format: 'pt',
    detector: JSON.stringify(config),
  });
}
