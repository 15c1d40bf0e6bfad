import type { Logger } from '@featuremine/command-line';
import { broadcastJson, singleProcess, threadsOf, together } from '@featuremine/mpi';
import type { Collective } from '@featuremine/mpi';
import { CompiledModel, optimizerOf, parameterCount, profileTable, runtimeVersions } from '@featuremine/tensor-graph';
import { accumulatedTask, jobStart, openRun, profiledTask, rankBatchSize, train } from '@featuremine/training';
import type { RunFolder, StepInputs, Summary, TrainingTask } from '@featuremine/training';
import { createWorkerPool, describeDetectionData, detectionSamplesOf, partOf } from '@featuremine/vision-data';
import type { WorkerPool } from '@featuremine/vision-data';
import { makeStateDict, writeSafetensors } from '@featuremine/weights';
import { adviceOn, anchorCoverage } from './anchor-coverage';
import type { DetectionSet } from './detection-set';
import { readDetectorConfig } from './detector-config';
import type { DetectorConfig } from './detector-config';
import { makeDetector } from './detector';
import type { Detector } from './detector';
import { trainingStep } from './detector-steps';
import { withForegroundCounts } from './foreground-counts';
import { backboneWeights, detectorWeights } from './load-weights';
import type { LoadedWeights } from './load-weights';
import { lossVariables } from './loss-normalizer';
import type { LossOptions } from './losses';
import { describeResize } from './resize-option';
import type { TrainOptions } from './train-options';
import { TrainingBatches } from './training-batches';
import { readTrainingData } from './training-data';
import {
  planArchitecture,
  planLoss,
  planResize,
  planSchedule,
  readStartWeights,
  scheduleAdvice,
} from './training-plan';
import type { StartWeights } from './training-plan';
import { Validation } from './validation';

/** Where and on what a detector is trained, beside its options. */
export interface TrainingPlace {
  /** Validates on the training images, instead of a validation set. */
  readonly validatesOnTraining?: boolean;
  /** The mAP that ends the run. */
  readonly goal?: number;
  /** The processes that train together, each of which calls `trainDetector`; this one alone by default. */
  readonly job?: Collective;
}

/**
 * Trains a detector as the options say, and writes the run folder. Returns the content of summary.json.
 *
 * Images, order and augmentation depend on the seed only. After each epoch the validation set is evaluated; the
 * weights with the best mAP are kept.
 *
 * @throws UserError for data, options and weights that cannot be used; nothing is written then.
 */
export async function trainDetector(given: TrainOptions, log: Logger, place: TrainingPlace = {}): Promise<Summary> {
  const { job = singleProcess } = place;
  const { weights: startFile, isRestored } = await jobStart(job, given);
  const options = { ...given, weights: startFile };
  const stored = isRestored ? await storedConfig(job, options.out) : undefined;
  const plan = await together(job, () => planTraining(options, { stored, log, place }));
  const { detector, config, loss, weights } = plan;
  const run = await openRun(job, {
    path: options.out,
    resume: options.resume,
    config: { ...options, detector: config },
    log,
  });
  const pool = createWorkerPool({ workers: options.workers });
  const threads = threadsOf(job, options.threads);
  const model = new CompiledModel({
    variables: [...detector.variables, ...lossVariables(loss)],
    seed: options.seed,
    precision: options.precision,
    job,
    ...(options.ema > 0 ? { ema: { decay: options.ema } } : {}),
    ...(threads === undefined ? {} : { threads }),
    xla: options.xla,
  });
  try {
    if (weights) await model.startFrom(weights.values);
    return await runTraining({ ...plan, options, model, pool, run, job, log, goal: place.goal });
  } finally {
    run.close();
    await pool.close();
    await model.dispose();
  }
}

// Rank 0 reads the run folder, which need not be there for the others.
async function storedConfig(job: Collective, run: string): Promise<DetectorConfig> {
  const own = await together(job, () => (job.rank === 0 ? readDetectorConfig(run) : undefined));
  return broadcastJson(job, own!);
}

interface TrainingPlan {
  readonly trainSet: DetectionSet;
  readonly valSet: DetectionSet | undefined;
  readonly config: DetectorConfig;
  readonly detector: Detector;
  readonly loss: LossOptions;
  readonly weights: LoadedWeights | undefined;
}

function planTraining(
  options: TrainOptions,
  { stored, log, place }: { stored: DetectorConfig | undefined; log: Logger; place: TrainingPlace },
): TrainingPlan {
  rankBatchSize(place.job ?? singleProcess, options.batchSize); // Refused before anything is read.
  const start = stored === undefined ? readStartWeights(options) : undefined;
  const { trainSet, valSet } = readTrainingData(options, log, place);
  const architecture = planArchitecture(options, trainSet.classNames.length, start, stored?.architecture);
  const config: DetectorConfig = {
    classNames: trainSet.classNames,
    architecture,
    resize: planResize(options, (stored ?? start?.config)?.resize),
    pixels: options.pixels,
  };
  const loss = planLoss(options, architecture, trainSet.classNames);
  const detector = makeDetector(architecture);
  const weights = start && startWeights(detector, start, { ...options, classNames: config.classNames });
  if (weights) log.info(weights.report);
  log.info(
    `${architecture.backbone}, ${parameterCount(detector.variables).toLocaleString('en')} parameters, ` +
      `${trainSet.images.length} images at ${describeResize(config.resize)}`,
  );
  const advice = adviceOn(anchorCoverage(trainSet.images, config.resize, architecture.anchors), trainSet.classNames);
  for (const line of [advice, scheduleAdvice(options)]) if (line !== undefined) log.warn(line);
  return { trainSet, valSet, config, detector, loss, weights };
}

interface TrainingParts extends TrainingPlan {
  readonly options: TrainOptions;
  readonly model: CompiledModel;
  readonly pool: WorkerPool;
  readonly run: RunFolder;
  readonly job: Collective;
  readonly log: Logger;
  readonly goal: number | undefined;
}

async function runTraining(parts: TrainingParts): Promise<Summary> {
  const { options, config, detector, model, pool, run, trainSet, valSet, log, loss, goal, job } = parts;
  const samples = detectionSamplesOf(trainSet.images);
  const batches = new TrainingBatches({ samples, options, config, pool, part: partOf(job) });
  const validation = valSet && new Validation(valSet, { detector, model, config, loss, pool, options, job });
  const common = {
    model,
    stepsPerEpoch: batches.perEpoch,
    batches: (epoch: number, startBatch: number) => batches.of(epoch, startBatch),
    evaluate: (_epoch: number, signal: AbortSignal) => validation?.metrics(signal) ?? Promise.resolve({}),
    pictures: () => validation?.pictures() ?? Promise.resolve([]),
    ...(validation === undefined ? {} : { examples: validation.examples }),
    bestMetric: { name: 'mAP', mode: 'max', ...(goal === undefined ? {} : { goal }) },
    saveWeights: (path: string) => saveWeights(path, parts),
    parameterCount: parameterCount(detector.variables.filter(({ isTrainable }) => isTrainable)),
    data: {
      'training images': describeDetectionData(samples, config.classNames),
      ...(valSet
        ? { 'validation images': describeDetectionData(detectionSamplesOf(valSet.images), config.classNames) }
        : {}),
    },
  } as const;
  const plain = taskOf(common, parts);
  const profiler = { startProfile: () => model.startProfile(), tableOf: profileTable, folder: run.path, log };
  const task = options.profile && run.isWriting ? profiledTask(plain, profiler) : plain;
  const summary = { classNames: config.classNames, architecture: config.architecture, resize: config.resize };
  const schedule = planSchedule(options, task.stepsPerEpoch);
  return train(task, run, {
    ...options,
    schedule,
    log,
    job,
    device: model.gpu(),
    versions: runtimeVersions(),
    summary,
  });
}

function taskOf(
  common: Omit<TrainingTask, 'step'>,
  { model, detector, options, loss, job }: TrainingParts,
): TrainingTask {
  const { accumulate, clipNorm } = options;
  const training = { optimizer: optimizerOf(options), ...(clipNorm === undefined ? {} : { clipNorm }) };
  const fn = trainingStep(detector, loss, job.size);
  const isCounted = job.size > 1 && loss.normalizer !== 'image';
  const counted = async (batches: readonly StepInputs[]): Promise<readonly StepInputs[]> =>
    isCounted ? withForegroundCounts(job, batches) : batches;
  if (accumulate === 1) {
    const step = model.trainStep('train', fn, training);
    return { ...common, step: async (inputs) => step((await counted([inputs]))[0]) };
  }
  const step = model.accumulatedTrainStep('train', fn, training);
  return accumulatedTask({ ...common, step: async (batches) => step(await counted(batches)) }, accumulate);
}

function startWeights(
  detector: Detector,
  { kind, tensors, file, config }: StartWeights,
  { normEpsilon, classNames }: { readonly normEpsilon: number; readonly classNames: readonly string[] },
): LoadedWeights {
  if (kind === 'backbone') return backboneWeights(detector, tensors, file);
  const classes = config && { found: config.classNames, expected: classNames };
  return detectorWeights(detector, tensors, file, { normEpsilon, classes });
}

async function saveWeights(path: string, { config, detector, model }: TrainingParts): Promise<void> {
  const values = await model.readWeights(detector.variables.map(({ name }) => name));
  const hasBatchNorm = config.architecture.batchNorm === 'trainable';
  writeSafetensors(path, makeStateDict(detector.variables, values, hasBatchNorm ? { batchCount: model.steps } : {}), {
    format: 'pt',
    detector: JSON.stringify(config),
  });
}
