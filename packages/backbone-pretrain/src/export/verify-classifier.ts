import { join } from 'node:path';
import { largestDifference, openGraph, SAFETENSORS_FILE, type ModelRunner } from '@featuremine/graph-export';
import { modelWithValues, type HostTensor } from '@featuremine/tensor-graph';
import { classificationBatches, createWorkerPool } from '@featuremine/vision-data';
import { planLoad, readStateDict, requireComplete } from '@featuremine/weights';
import { openTestData } from '../classification-data';
import { evaluationStep } from '../classification-steps';
import { outputOf, sideOf, type ExportOptions } from './export-classifier';
import type { StoredClassifier } from '../stored-classifier';

/** How far an export is from the network that it was made of. */
export interface ClassifierVerification {
  readonly images: number;
  /** The largest difference of logits, or of scores where the softmax is inside. */
  readonly logits?: number;
  readonly scores?: number;
  /** Images of which both say the same class. */
  readonly sameClass: number;
  readonly isEqual: boolean;
}

/** What `verifyClassifier` needs besides the export's options. */
export interface VerifyOptions {
  /** The first so many images of the held-out part are compared. */
  readonly count: number;
  readonly tolerance: number;
  /** Where the data set is now, if it was moved. */
  readonly data?: string | undefined;
  readonly workers: number;
}

/** Images of one step where the batch is open. */
const OPEN_BATCH = 8;

/** Runs an export and the network on the held-out images of the run. */
export async function verifyClassifier(
  stored: StoredClassifier,
  exported: ExportOptions,
  { count, tolerance, data, workers }: VerifyOptions,
): Promise<ClassifierVerification> {
  const { config } = stored;
  const test = openTestData({ ...config, data: data ?? config.data, imageSize: sideOf(stored, exported) });
  const batchSize = exported.batchSize === 'dynamic' ? OPEN_BATCH : exported.batchSize;
  const output = outputOf(exported.postProcessing);
  const result = { images: 0, sameClass: 0 };
  let difference = 0;
  const closers: (() => Promise<void>)[] = [];
  try {
    const pool = createWorkerPool({ workers });
    closers.push(() => pool.close());
    const network = await openNetwork(stored, stored.values);
    closers.push(() => network.close());
    const runner = await openExported(stored, exported);
    closers.push(() => runner.close());
    const { imageSize, transform } = test;
    const options = { pool, batchSize, imageSize, transform, seed: 0, epoch: 0, order: 'sequential', lastBatch: 'pad' } as const; // prettier-ignore
    for await (const { images, imageCount } of classificationBatches(test.dataset, options)) {
      const floats: HostTensor = { ...images, dtype: 'float32', data: Float32Array.from(images.data) };
      const { logits } = await network.run({ images: floats });
      const { [output]: outputs } = await runner.run({ images: floats });
      const rows = Math.min(imageCount, count - result.images);
      const expected = firstRows(output === 'scores' ? softmaxOf(logits) : logits, rows);
      const found = firstRows(outputs, rows);
      difference = Math.max(difference, largestDifference(expected.data, found.data));
      result.sameClass += agreeing(expected, found);
      result.images += rows;
      if (result.images >= count) break;
    }
  } finally {
    await Promise.all(closers.map((close) => close()));
  }
  return { ...result, [output]: difference, isEqual: difference <= tolerance };
}

// Without those that fill the last batch, or are more than was asked for.
function firstRows({ dtype, shape, data }: HostTensor, rows: number): HostTensor {
  const columns = shape[1];
  return { dtype, shape: [rows, columns], data: data.subarray(0, rows * columns) };
}

// Row by row, in float64.
function softmaxOf({ shape, data }: HostTensor): HostTensor {
  const columns = shape[1];
  const scores = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += columns) {
    const logits = Array.from(data.subarray(row, row + columns));
    const highest = Math.max(...logits);
    const parts = logits.map((logit) => Math.exp(logit - highest));
    const sum = parts.reduce((total, part) => total + part, 0);
    scores.set(
      parts.map((part) => part / sum),
      row,
    );
  }
  return { dtype: 'float32', shape, data: scores };
}

function agreeing(expected: HostTensor, found: HostTensor): number {
  const [rows, columns] = expected.shape;
  const best = ({ data }: HostTensor, row: number): number => {
    const logits = data.subarray(row * columns, (row + 1) * columns);
    return logits.indexOf(Math.max(...logits));
  };
  return Array.from({ length: rows }, (_, row) => best(expected, row) === best(found, row)).filter(Boolean).length;
}

async function openExported(stored: StoredClassifier, { format, out }: ExportOptions): Promise<ModelRunner> {
  if (format !== 'safetensors') return openGraph(format, out);
  const file = join(out, SAFETENSORS_FILE);
  const plan = planLoad(readStateDict(file), stored.network.variables);
  requireComplete(plan, file);
  return openNetwork(stored, plan.loaded);
}

async function openNetwork(
  { network, pixels }: StoredClassifier,
  values: ReadonlyMap<string, Float32Array>,
): Promise<ModelRunner> {
  const model = await modelWithValues({ variables: network.variables, seed: 0 }, values);
  return { run: model.evaluation('predict', evaluationStep({ network, pixels })), close: () => model.dispose() };
}
