import { ConfigError } from '@featuremine/errors';
import {
  checkStoredWeights,
  recordGraph,
  writeGraph,
  writeWeights,
  writtenFiles,
  type ExportFormat,
  type ExportGraph,
  type StoredWeights,
  type WrittenFiles,
} from '@featuremine/graph-export';
import { tf, type StepFunction } from '@featuremine/tensor-graph';
import { evaluationStep } from '../classification-steps';
import { DATASET_KINDS } from '../dataset-kinds';
import type { StoredClassifier } from '../stored-classifier';

/** How a classifier is exported. */
export interface ExportOptions {
  readonly format: ExportFormat;
  /** Folder of the export. */
  readonly out: string;
  /** Side of the images in pixels; the run's when not given. */
  readonly imageSize?: number | undefined;
  /** `dynamic`: any height and width. */
  readonly inputSize: 'fixed' | 'dynamic';
  readonly batchSize: number | 'dynamic';
  /** `inside`: the softmax is part of the graph. */
  readonly postProcessing: 'inside' | 'outside';
  /** How the weights of the tfjs form are stored. */
  readonly weights: StoredWeights;
}

/** The name of the one output: logits, or the scores that the softmax makes of them. */
export function outputOf(postProcessing: ExportOptions['postProcessing']): 'logits' | 'scores' {
  return postProcessing === 'inside' ? 'scores' : 'logits';
}

/** A written export. */
export interface ExportedClassifier extends WrittenFiles {
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Writes the network of a run for other runtimes: images of 0…255 to logits or scores `[N, K]`. Heads that exist in training only
 * are not part of it.
 *
 * @throws ConfigError for options that do not go together, ExportError when the folder cannot be written
 */
export async function exportClassifier(stored: StoredClassifier, options: ExportOptions): Promise<ExportedClassifier> {
  const { format, out, weights } = options;
  checkStoredWeights(format, weights);
  checkPostProcessing(options);
  const metadata = classifierMetadata(stored, options);
  const files =
    format === 'safetensors'
      ? writeWeights(out, stored.network.variables, { values: stored.values, metadata })
      : writeGraph(await classifierGraph(stored, options), { format, folder: out }, { metadata, weights });
  return { ...writtenFiles(out, files), metadata };
}

function checkPostProcessing({ format, postProcessing }: ExportOptions): void {
  if (postProcessing === 'outside' || format !== 'safetensors') return;
  throw new ConfigError({
    where: '--post-processing inside',
    found: '--format safetensors, which holds weights and no graph',
    fix: 'Leave it out: take the softmax of the logits in PyTorch',
  });
}

/** The side of the images that an export is made for. */
export function sideOf({ config }: StoredClassifier, { imageSize }: Pick<ExportOptions, 'imageSize'>): number {
  return imageSize ?? config.imageSize;
}

function classifierGraph(stored: StoredClassifier, options: ExportOptions): Promise<ExportGraph> {
  const { network, pixels, values } = stored;
  const evaluate = evaluationStep({ network, pixels });
  const side = sideOf(stored, options);
  const { batchSize, inputSize } = options;
  const [count, otherCount] = batchSize === 'dynamic' ? [2, 3] : [batchSize, batchSize];
  // Sides of many halvings, so that paddings agree.
  const [sides, otherSides] = inputSize === 'dynamic' ? [[128, 160], [192, 256]] : [[side, side], [side, side]]; // prettier-ignore
  const first = [count, ...sides, 3];
  const second = [otherCount, ...otherSides, 3];
  const output = outputOf(options.postProcessing);
  const outputs: StepFunction = (step, inputs) => {
    const { networkLogits } = evaluate(step, inputs);
    return { [output]: output === 'scores' ? tf.softmax(networkLogits) : networkLogits };
  };
  return recordGraph(outputs, {
    variables: network.variables,
    values,
    shapes: first.join() === second.join() ? [first] : [first, second],
  });
}

function classifierMetadata(stored: StoredClassifier, options: ExportOptions): Record<string, unknown> {
  const { config, pixels, provenance } = stored;
  const side = sideOf(stored, options);
  const layout = options.format === 'onnx' || options.format === 'safetensors' ? 'NCHW' : 'NHWC';
  const count = options.batchSize === 'dynamic' ? -1 : options.batchSize;
  const sides = options.inputSize === 'dynamic' ? [-1, -1] : [side, side];
  return {
    task: 'classification',
    formatVersion: 1,
    classNames: config.classNames,
    input: {
      name: 'images',
      shape: layout === 'NHWC' ? [count, ...sides, 3] : [count, 3, ...sides],
      layout,
      range: '0..255 RGB',
      resize: { ...DATASET_KINDS[config.dataset].testCrop, size: side },
    },
    preprocessing: { ...pixels, place: 'in the graph' },
    postProcessing: options.postProcessing,
    outputs:
      options.postProcessing === 'inside'
        ? { scores: { name: 'scores', layout: '[N, K]' } }
        : { logits: { name: 'logits', layout: '[N, K]', activation: 'softmax' } },
    weights: options.weights,
    provenance,
  };
}
