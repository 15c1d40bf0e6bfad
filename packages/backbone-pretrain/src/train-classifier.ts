import type { Logger } from '@featuremine/command-line';
import { ConfigError, DatasetError } from '@featuremine/errors';
import { singleProcess, threadsOf, together, type Collective } from '@featuremine/mpi';
import { profileTable, runtimeVersions } from '@featuremine/tensor-graph';
import {
  inTurn,
  jobStart,
  openRun,
  profiledTask,
  rankBatchSize,
  scheduleFromOptions,
  train,
  type Summary,
} from '@featuremine/training';
import { createWorkerPool, type WorkerPool } from '@featuremine/vision-data';
import { loadWeights } from './backbone-weights';
import { cachedData } from './cached-data';
import { openTestData, openTrainingData, type ClassificationData } from './classification-data';
import { classificationTask } from './classification-task';
import { createClassifier, type Classifier } from './classifier';
import { createNetwork } from './create-network';
import { featureMining, type FeatureMining } from './feature-mining/feature-mining';
import { miningKind } from './feature-mining/mining-kinds';
import { chosenMethods } from './methods/chosen-methods';
import { noisyLabels } from './methods/label-noise';
import { samplesPerClass } from './methods/samples-per-class';
import type { TrainingMethod } from './methods/training-method';
import type { Network } from './network';
import { pixelStatistics } from './pixel-statistics';
import { provenanceOf } from './provenance';
import type { TrainOptions } from './training-options';

/**
 * Trains a classifier as its options say, into the run folder `options.out`; in a job, every process calls it.
 *
 * Throws ConfigError, DatasetError or WeightsError before anything is written when the options cannot work.
 */
export async function trainClassifier(
  given: TrainOptions,
  log: Logger,
  job: Collective = singleProcess,
): Promise<Summary> {
  const start = await jobStart(job, given);
  const options = { ...given, weights: start.weights };
  const chosen = await together(job, () => chosenData(options, job));
  const training = await inTurn(job, () => cachedData(chosen.training, options.cache));
  const test = await inTurn(job, () => cachedData(chosen.test, options.cache));
  const pool = createWorkerPool({ workers: options.workers }); // Its threads start while TensorFlow is loaded.
  try {
    const parts = await together(job, () => classifierParts(options, training, { log, job }));
    try {
      if (!start.isRestored) await together(job, () => loadStartWeights(parts, options, log));
      return await runTraining({ ...parts, options, training, test, pool, log, job });
    } finally {
      await parts.classifier.model.dispose();
    }
  } finally {
    await pool.close();
  }
}

interface ClassifierParts {
  readonly network: Network;
  readonly mining: FeatureMining;
  readonly methods: readonly TrainingMethod[];
  readonly classifier: Classifier;
}

function chosenData(
  options: TrainOptions,
  job: Collective,
): { readonly training: ClassificationData; readonly test: ClassificationData } {
  rankBatchSize(job, options.batchSize); // Refused before anything is read.
  const [training, test] = [chosenTrainingData(options), openTestData(options)];
  checkData(training, test, options.batchSize);
  return { training, test };
}

function classifierParts(
  options: TrainOptions,
  training: ClassificationData,
  { log, job }: { readonly log: Logger; readonly job: Collective },
): ClassifierParts {
  const { imageSize, dataset } = training;
  const network = createNetwork(options.model, { numClasses: dataset.classNames.length, stem: options.stem });
  const mining = featureMining(network, {
    stages: options.featureMining as 0 | 1 | 2 | 3,
    imageSize,
    kind: miningKind(options.miningKind),
    hasEarlyFullHead: options.earlyFullHead,
  });
  for (const warning of [...dataWarnings(options, training), ...mining.warnings]) log.warn(warning);
  const methods = chosenMethods(options, network, imageSize);
  const threads = threadsOf(job, options.threads);
  const pixels = pixelStatistics(network);
  const classifier = createClassifier({ ...options, threads, job, network, mining, methods, pixels });
  return { network, mining, methods, classifier };
}

async function loadStartWeights(
  { classifier, network }: ClassifierParts,
  { weights }: TrainOptions,
  log: Logger,
): Promise<void> {
  if (weights !== undefined) log.info(`${weights}: ${await loadWeights(classifier.model, network, weights)}`);
}

interface TrainingParts extends ClassifierParts {
  readonly options: TrainOptions;
  readonly training: ClassificationData;
  readonly test: ClassificationData;
  readonly pool: WorkerPool;
  readonly log: Logger;
  readonly job: Collective;
}

async function runTraining(parts: TrainingParts): Promise<Summary> {
  const { options, training, test, classifier, log, job } = parts;
  const { imageSize, dataset } = training;
  const { classNames } = dataset;
  const task = classificationTask({
    ...parts,
    trainingLabels: falsifiedLabels(options, training),
    batchSize: options.batchSize,
    seed: options.seed,
    hasPartners: options.csKd > 0,
    provenance: provenanceOf({ classNames, recipe: { ...options, imageSize } }),
  });
  const config = { ...options, imageSize, classNames };
  const run = await openRun(job, { path: options.out, resume: options.resume, config, log });
  try {
    const { model } = classifier;
    const profiler = { startProfile: () => model.startProfile(), tableOf: profileTable, folder: run.path, log };
    return await train(options.profile && run.isWriting ? profiledTask(task, profiler) : task, run, {
      ...options,
      schedule: scheduleFromOptions(options, task.stepsPerEpoch),
      log,
      job,
      device: model.gpu(),
      versions: runtimeVersions(),
      summary: summaryOf(options, training, test),
    });
  } finally {
    run.close();
  }
}

function summaryOf(
  { model, featureMining: minedStages, dataset }: TrainOptions,
  training: ClassificationData,
  test: ClassificationData,
): Record<string, unknown> {
  return {
    model,
    featureMining: minedStages,
    dataset,
    imageSize: training.imageSize,
    classNames: training.dataset.classNames,
    trainImages: training.dataset.count,
    testImages: test.dataset.count,
  };
}

function chosenTrainingData(options: TrainOptions): ClassificationData {
  const { samplesPerClass: count, seed } = options;
  const data = openTrainingData(options);
  return count === undefined ? data : { ...data, dataset: samplesPerClass(data.dataset, { count, seed }) };
}

function falsifiedLabels(
  { labelNoise: share, noiseKind: kind, seed }: TrainOptions,
  { dataset }: ClassificationData,
): Int32Array | undefined {
  if (share === 0) return undefined;
  const labels = Int32Array.from({ length: dataset.count }, (_, index) => dataset.labelOf(index));
  return noisyLabels(labels, { kind, share, numClasses: dataset.classNames.length, seed });
}

function dataWarnings({ data, dataset }: TrainOptions, training: ClassificationData): string[] {
  if (dataset !== 'folder' || training.dataset.split !== 'all') return [];
  return [`${data}: it has no train/ with a test/ or val/ beside it, so the scores are those on the training images`];
}

function checkData({ dataset }: ClassificationData, test: ClassificationData, batchSize: number): void {
  const [trained, tested] = [dataset.classNames.join(), test.dataset.classNames.join()];
  if (trained !== tested) {
    throw new DatasetError({
      where: 'the held-out part',
      found: `classes ${tested}`,
      expected: `those of the training part, ${trained}`,
      fix: 'Give both parts the same classes',
    });
  }
  if (batchSize <= dataset.count) return;
  throw new ConfigError({
    where: '--batch-size',
    found: `${batchSize}, but there are ${dataset.count} training images`,
    expected: `at most ${dataset.count}`,
    fix: 'Pass a smaller batch size: a short batch is dropped, so there would be no step',
  });
}
