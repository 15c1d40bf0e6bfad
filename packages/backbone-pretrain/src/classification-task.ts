import { singleProcess, together, type Collective } from '@featuremine/mpi';
import { parameterCount } from '@featuremine/tensor-graph';
import type { HostTensor } from '@featuremine/tensor-graph';
import { rankBatchSize, type TrainingBatch, type TrainingTask } from '@featuremine/training';
import {
  batchCount,
  classificationBatches,
  classPartners,
  describeClassificationData,
  EPOCHS_CACHE_BYTES,
  partOf,
  type ClassificationBatch,
  type WorkerPool,
} from '@featuremine/vision-data';
import { exitsPath, saveVariables, saveWeights } from './backbone-weights';
import type { ClassificationData } from './classification-data';
import { ClassificationScore, type ClassificationResult } from './classification-score';
import { drawInputs } from './classification-steps';
import type { Classifier } from './classifier';
import type { FeatureMining } from './feature-mining/feature-mining';
import { PARTNER_IMAGES } from './methods/cs-kd';
import { testVariables, type TrainingMethod } from './methods/training-method';
import type { Network } from './network';
import { examplesSection } from './training-examples';

/** What a task is made from; the pool and the classifier stay their maker's to close. */
export interface ClassificationTaskParts {
  readonly network: Network;
  readonly mining: FeatureMining;
  readonly methods?: readonly TrainingMethod[];
  /** [count of the training images], where they are not those of the data set. */
  readonly trainingLabels?: Int32Array | undefined;
  readonly classifier: Classifier;
  readonly training: ClassificationData;
  readonly test: ClassificationData;
  readonly pool: WorkerPool;
  /** Of the whole job. */
  readonly batchSize: number;
  readonly seed: number;
  /** The processes that train together; this one alone by default. */
  readonly job?: Collective;
  /** Whether each image comes with another one of its class. */
  readonly hasPartners?: boolean;
  /** Written into the weights file. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** The training of a classifier, for `train` of the training package. */
export function classificationTask(parts: ClassificationTaskParts): TrainingTask {
  const { network, methods = [], classifier, trainingLabels, training, test, pool, batchSize, seed } = parts;
  const { job = singleProcess } = parts;
  const ownSize = rankBatchSize(job, batchSize);
  const { model } = classifier;
  const { dataset, transform, imageSize } = training;
  const cacheBytes = EPOCHS_CACHE_BYTES;
  const exits = testVariables(methods);
  const stepsPerEpoch = batchCount({ count: dataset.count, batchSize, lastBatch: 'drop' });
  return {
    model,
    stepsPerEpoch,
    step: async (inputs) => {
      const { logits, ...outputs } = await classifier.train(inputs);
      return { ...outputs, top1: trainingAccuracy(logits, inputs['labels'] as HostTensor) };
    },
    async *batches(epoch, startBatch): AsyncGenerator<TrainingBatch, void, undefined> {
      const partners = parts.hasPartners === true ? { partnerOf: classPartners(dataset, { seed, epoch }) } : {};
      const part = partOf(job);
      const options = {
        pool,
        batchSize,
        part,
        imageSize,
        seed,
        epoch,
        startBatch,
        transform,
        cacheBytes,
        ...partners,
      } as const;
      for await (const batch of classificationBatches(dataset, { ...options, order: 'shuffled', lastBatch: 'drop' })) {
        const { files, batchIndex } = batch;
        const labels = labelsOf(batch, { batchSize: ownSize, replaced: trainingLabels });
        const stepNumber = epoch * stepsPerEpoch + batchIndex;
        const drawn = drawInputs(parts, { seed, stepNumber, rank: job.rank, labels: labels.data });
        const inputs = { ...imagesOf(batch, ownSize), labels, ...drawn };
        yield { inputs, imageCount: ownSize, files };
      }
    },
    async evaluate(_epoch, signal) {
      const { top1, top5, loss, networkTop1 } = await evaluateClassifier({ ...parts, data: test, cacheBytes, signal });
      return { top1, top5, loss, ...(exits.length > 0 ? { networkTop1 } : {}) };
    },
    bestMetric: { name: 'top1', mode: 'max' },
    examples: { section: () => examplesSection(parts) },
    async saveWeights(path) {
      const { provenance } = parts;
      if (exits.length > 0) await saveVariables(model, exits, { path: exitsPath(path), provenance });
      await saveWeights(model, network, { path, provenance });
    },
    parameterCount: parameterCount(network.variables),
    data: {
      'training images': describeClassificationData(dataset),
      'test images': describeClassificationData(test.dataset),
    },
  };
}

/** What `evaluateClassifier` needs. */
export interface EvaluationParts {
  readonly classifier: Pick<Classifier, 'predict'>;
  readonly network: Network;
  readonly data: ClassificationData;
  readonly pool: WorkerPool;
  readonly batchSize: number;
  /** Memory for decoded images, where the same data are looked at again and again (none by default). */
  readonly cacheBytes?: number;
  readonly signal?: AbortSignal;
  /** The processes that look at a part of each batch each, and all get the same result. */
  readonly job?: Collective;
}

/**
 * Measures a classifier on a whole data set; stops early when the signal aborts. The last batch is padded.
 *
 * `networkTop1` is that of the network alone, where a method has outputs of its own at test.
 */
export async function evaluateClassifier(
  parts: EvaluationParts,
): Promise<ClassificationResult & { readonly networkTop1: number }> {
  const { classifier, network, data, pool, batchSize, cacheBytes = 0, signal, job = singleProcess } = parts;
  const { dataset, imageSize, transform } = data;
  const [score, networkScore] = [new ClassificationScore(), new ClassificationScore()];
  const options = { pool, batchSize, part: partOf(job), imageSize, transform, seed: 0, epoch: 0, cacheBytes } as const;
  const batches = classificationBatches(dataset, { ...options, order: 'sequential', lastBatch: 'pad' });
  await together(job, async () => {
    for await (const { images, labels, imageCount } of batches) {
      if (signal?.aborted) break;
      const { logits, networkLogits } = await classifier.predict({ images });
      const size = { imageCount, numClasses: network.numClasses };
      score.add(logits.data, labels.data, size);
      networkScore.add(networkLogits.data, labels.data, size);
    }
  });
  await score.addUp(job);
  await networkScore.addUp(job);
  return { ...score.result(), networkTop1: networkScore.result().top1 };
}

// The first N images of a batch; those behind them are their partners.
function imagesOf({ images }: ClassificationBatch, batchSize: number): Record<string, HostTensor> {
  const { shape, data } = images;
  if (shape[0] === batchSize) return { images };
  const length = data.length / 2;
  const half = (start: number): HostTensor => ({
    dtype: 'uint8',
    shape: [batchSize, ...shape.slice(1)],
    data: data.subarray(start, start + length),
  });
  return { images: half(0), [PARTNER_IMAGES]: half(length) };
}

function labelsOf(
  { labels, indices }: ClassificationBatch,
  { batchSize, replaced }: { readonly batchSize: number; readonly replaced: Int32Array | undefined },
): HostTensor {
  const own = indices.subarray(0, batchSize);
  const data = replaced === undefined ? labels.data.subarray(0, batchSize) : own.map((index) => replaced[index]);
  return { dtype: 'int32', shape: [batchSize], data };
}

function trainingAccuracy(logits: HostTensor, labels: HostTensor): HostTensor {
  const [imageCount, numClasses] = logits.shape as [number, number];
  const score = new ClassificationScore();
  score.add(logits.data, labels.data, { imageCount, numClasses });
  return { dtype: 'float32', shape: [], data: Float32Array.of(score.result().top1) };
}
