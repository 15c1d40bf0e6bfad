import type { Logger } from '@featuremine/command-line';
import { ConfigError, DatasetError } from '@featuremine/errors';
import { profileTable, tensorflowVersion } from '@featuremine/tensor-graph';
import { profiledTask, resumedStart, RunFolder, scheduleFromOptions, train, type Summary } from '@featuremine/training';
import { createWorkerPool } from '@featuremine/vision-data';
import { loadWeights } from './backbone-weights';
import { cachedData } from './cached-data';
import { openTestData, openTrainingData, type ClassificationData } from './classification-data';
import { classificationTask } from './classification-task';
import { createClassifier } from './classifier';
import { createNetwork } from './create-network';
import { featureMining } from './feature-mining/feature-mining';
import { miningKind } from './feature-mining/mining-kinds';
import { chosenMethods } from './methods/chosen-methods';
import { noisyLabels } from './methods/label-noise';
import { samplesPerClass } from './methods/samples-per-class';
import { pixelStatistics } from './pixel-statistics';
import { provenanceOf } from './provenance';
import type { TrainOptions } from './training-options';

/**
 * Trains a classifier as its options say, into the run folder `options.out`.
 *
 * Throws ConfigError, DatasetError or WeightsError before anything is written when the options cannot work.
 */
export async function trainClassifier(given: TrainOptions, log: Logger): Promise<Summary> {
  const { weights, isRestored } = resumedStart(given);
  const options = { ...given, weights };
  const { batchSize, seed } = options;
  const [chosen, held] = [chosenTrainingData(options), openTestData(options)];
  checkData(chosen, held, batchSize);
  const training = await cachedData(chosen, options.cache);
  const test = await cachedData(held, options.cache);
  const { classNames } = training.dataset;
  const { imageSize } = training;
  const network = createNetwork(options.model, { numClasses: classNames.length, stem: options.stem });
  const mining = featureMining(network, {
    stages: options.featureMining as 0 | 1 | 2 | 3,
    imageSize,
    kind: miningKind(options.miningKind),
    hasEarlyFullHead: options.earlyFullHead,
  });
  for (const warning of [...dataWarnings(options, training), ...mining.warnings]) log.warn(warning);
  const methods = chosenMethods(options, network, imageSize);
  const classifier = createClassifier({ ...options, network, mining, methods, pixels: pixelStatistics(network) });
  const pool = createWorkerPool({ workers: options.workers });
  try {
    if (weights !== undefined && !isRestored) {
      log.info(`${weights}: ${await loadWeights(classifier, network, weights)}`);
    }
    const config = { ...options, imageSize, classNames };
    const provenance = provenanceOf({ classNames, recipe: { ...options, imageSize } });
    const task = classificationTask({
      network,
      mining,
      methods,
      classifier,
      training,
      trainingLabels: falsifiedLabels(options, training),
      test,
      pool,
      batchSize,
      seed,
      hasPartners: options.csKd > 0,
      provenance,
    });
    const run = RunFolder.open({ path: options.out, resume: options.resume, config, log });
    try {
      const { model } = classifier;
      const profiler = { startProfile: () => model.startProfile(), tableOf: profileTable, folder: run.path, log };
      return await train(options.profile ? profiledTask(task, profiler) : task, run, {
        ...options,
        schedule: scheduleFromOptions(options, task.stepsPerEpoch),
        log,
        versions: { tensorflow: tensorflowVersion() },
        summary: summaryOf(options, training, test),
      });
    } finally {
      run.close();
    }
  } finally {
    await pool.close();
    await classifier.model.dispose();
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
