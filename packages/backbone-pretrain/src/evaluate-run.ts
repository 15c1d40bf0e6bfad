import { ConfigError } from '@featuremine/errors';
import { createWorkerPool } from '@featuremine/vision-data';
import { cachedData } from './cached-data';
import { openTestData } from './classification-data';
import type { ClassificationResult } from './classification-score';
import { evaluateClassifier } from './classification-task';
import { evaluationStep } from './classification-steps';
import { testMethods } from './methods/chosen-methods';
import { readClassifier } from './stored-classifier';
import { storedModel } from './stored-model';
import type { EvalOptions } from './training-options';

/** The result of `backbone-pretrain eval`. */
export interface RunEvaluation extends ClassificationResult {
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  readonly imageSize: number;
  /** Top-1 of the network alone, where a method has further outputs at test. */
  readonly networkTop1: number;
}

/**
 * Measures the best weights of a run on the held-out part of a data set with the same classes; what `options` does
 * not say is as in training.
 *
 * Throws ConfigError, DatasetError or WeightsError when that cannot work.
 */
export async function evaluateRun(options: EvalOptions): Promise<RunEvaluation> {
  const stored = readClassifier(options.run);
  const { config, network, pixels } = stored;
  const opened = openTestData({
    ...config,
    dataset: options.dataset ?? config.dataset,
    data: options.data ?? config.data,
    imageSize: options.imageSize ?? config.imageSize,
  });
  checkClasses(opened.dataset.classNames, config.classNames, options.run);
  const data = await cachedData(opened, options.cache ?? config.cache);
  const { imageSize } = data;
  const methods = testMethods(config, network, imageSize);
  const { precision, threads } = options;
  const model = await storedModel(stored, { methods, precision, threads });
  const pool = createWorkerPool({ workers: options.workers });
  try {
    const classifier = { predict: model.evaluation('predict', evaluationStep({ network, pixels, methods })) };
    const batchSize = options.batchSize ?? config.batchSize;
    const result = await evaluateClassifier({ classifier, network, data, pool, batchSize });
    const dataset = options.dataset ?? config.dataset;
    return { model: config.model, dataset, split: data.dataset.split, imageSize, ...result };
  } finally {
    await pool.close();
    await model.dispose();
  }
}

function checkClasses(found: readonly string[], expected: readonly string[], run: string): void {
  if (found.length === expected.length && found.every((name, index) => name === expected[index])) return;
  throw new ConfigError({
    where: `--data, classes (${found.length})`,
    found: found.slice(0, 5).join(', '),
    expected: `those of ${run} (${expected.length}): ${expected.slice(0, 5).join(', ')}`,
    fix: 'Evaluate on a data set with the classes of the training, in the same order',
  });
}
