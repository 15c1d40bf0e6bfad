import { ConfigError } from '@featuremine/errors';
import { checkStoredWeights, writeGraph, writeWeights, writtenFiles } from '@featuremine/graph-export';
import type { ExportFormat, ExportGraph, StoredWeights, WrittenFiles } from '@featuremine/graph-export';
import type { DetectionResize } from '@featuremine/vision-data';
import { anchorShapesOf } from '../architecture';
import type { PostProcessSettings } from '../post-process';
import type { StoredDetector } from '../read-detector';
import { detectorGraph } from './detector-graph';
import { detectorMetadata } from './detector-metadata';
import { inputSizeOf } from './input-size';
import type { InputSize } from './input-size';
import { withPostProcessing } from './post-processing-graph';

/** How a detector is exported. */
export interface ExportOptions {
  readonly format: ExportFormat;
  /** Folder of the export. */
  readonly out: string;
  readonly resize: DetectionResize;
  /** Fixed where the way of resizing gives one size, when not said. */
  readonly inputSize?: 'fixed' | 'dynamic' | undefined;
  readonly postProcessing: 'inside' | 'outside';
  /** How the weights of the tfjs form are stored. */
  readonly weights: StoredWeights;
  readonly settings: PostProcessSettings;
  /** Options of the training, told in the file. */
  readonly recipe: Readonly<Record<string, unknown>>;
}

/** A written export. */
export interface ExportedDetector extends WrittenFiles {
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Writes a detector in a form for other runtimes.
 *
 * @throws ConfigError for options that do not go together, ExportError when the folder cannot be written
 */
export async function exportDetector(stored: StoredDetector, options: ExportOptions): Promise<ExportedDetector> {
  checkOptions(options);
  const { format, out } = options;
  const inputSize = inputSizeOf(options.resize, options.inputSize);
  const metadata = detectorMetadata(stored, {
    ...options,
    inputSize,
    layout: format === 'onnx' || format === 'safetensors' ? 'NCHW' : 'NHWC',
  });
  const files = await write(stored, options, metadata);
  return { ...writtenFiles(out, files), metadata };
}

async function write(
  stored: StoredDetector,
  options: ExportOptions,
  metadata: Record<string, unknown>,
): Promise<readonly string[]> {
  const { format, out } = options;
  if (format === 'safetensors')
    return writeWeights(out, stored.detector.variables, { values: stored.values, metadata });
  const network = await detectorGraph(stored, inputSizeOf(options.resize, options.inputSize));
  const graph = options.postProcessing === 'inside' ? complete(network, stored, options) : network;
  return writeGraph(graph, { format, folder: out }, { metadata, weights: options.weights });
}

function complete(network: ExportGraph, { config }: StoredDetector, { resize, settings }: ExportOptions): ExportGraph {
  const inputSize = inputSizeOf(resize, 'fixed') as Exclude<InputSize, 'dynamic'>;
  const anchors = anchorShapesOf(config.architecture);
  return withPostProcessing(network, { inputSize, numClasses: config.classNames.length, anchors, settings });
}

function checkOptions({ format, weights, postProcessing, resize, inputSize }: ExportOptions): void {
  checkStoredWeights(format, weights);
  if (postProcessing === 'outside') return;
  if (format === 'tfjs' || format === 'safetensors') {
    throw new ConfigError({
      where: '--post-processing inside',
      found: `given for --format ${format}`,
      expected: '--format saved-model or onnx',
      fix: 'Leave it out: postProcess of @featuremine/retinanet does it outside, in browsers too',
    });
  }
  if (inputSizeOf(resize, inputSize) === 'dynamic') {
    throw new ConfigError({
      where: '--post-processing inside',
      found: 'given for an input of any size, whose anchors are not known',
      expected: 'a fixed size',
      fix: 'Add --image-size N or WxH, or leave --post-processing out',
    });
  }
}
