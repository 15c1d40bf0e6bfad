import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { writeOnnxModel, writeSavedModel, writeTfjsModel } from '@featuremine/graph-export';
import type { ExportGraph, StoredWeights } from '@featuremine/graph-export';
import type { DetectionResize } from '@featuremine/vision-data';
import { makeStateDict, writeSafetensors } from '@featuremine/weights';
import { anchorShapesOf } from '../architecture';
import type { PostProcessSettings } from '../post-process';
import type { StoredDetector } from '../read-detector';
import { detectorGraph } from './detector-graph';
import { detectorMetadata } from './detector-metadata';
import { inputSizeOf } from './input-size';
import type { InputSize } from './input-size';
import { withPostProcessing } from './post-processing-graph';

/** Forms in which a detector is exported. */
export const EXPORT_FORMATS = ['saved-model', 'tfjs', 'onnx', 'safetensors'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

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
export interface ExportedDetector {
  /** The files, by their paths. */
  readonly files: readonly string[];
  readonly sizeBytes: number;
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
  const paths = files.map((name) => join(out, name));
  return { files: paths, sizeBytes: paths.reduce((sum, path) => sum + statSync(path).size, 0), metadata };
}

/** The file of the safetensors form. */
export const SAFETENSORS_FILE = 'model.safetensors';

async function write(
  stored: StoredDetector,
  options: ExportOptions,
  metadata: Record<string, unknown>,
): Promise<readonly string[]> {
  const { format, out } = options;
  if (format === 'safetensors') return writeSafetensorsForm(stored, out, metadata);
  const network = await detectorGraph(stored, inputSizeOf(options.resize, options.inputSize));
  const graph = options.postProcessing === 'inside' ? complete(network, stored, options) : network;
  switch (format) {
    case 'saved-model':
      return writeSavedModel(out, graph, metadata);
    case 'tfjs':
      return writeTfjsModel(out, graph, { metadata, weights: options.weights });
    case 'onnx':
      return writeOnnxModel(out, graph, metadata);
  }
}

function complete(network: ExportGraph, { config }: StoredDetector, { resize, settings }: ExportOptions): ExportGraph {
  const inputSize = inputSizeOf(resize, 'fixed') as Exclude<InputSize, 'dynamic'>;
  const anchors = anchorShapesOf(config.architecture);
  return withPostProcessing(network, { inputSize, numClasses: config.classNames.length, anchors, settings });
}

// torchvision's names and layout. Its models with batch norm want the count of batches too; frozen ones drop it.
function writeSafetensorsForm(
  { detector, values }: StoredDetector,
  out: string,
  metadata: Record<string, unknown>,
): readonly string[] {
  mkdirSync(out, { recursive: true });
  const tensors = makeStateDict(detector.variables, values, { batchCount: 0 });
  writeSafetensors(join(out, SAFETENSORS_FILE), tensors, { format: 'pt', metadata: JSON.stringify(metadata) });
  return [SAFETENSORS_FILE];
}

function checkOptions({ format, weights, postProcessing, resize, inputSize }: ExportOptions): void {
  if (weights !== 'float32' && format !== 'tfjs') {
    throw new ConfigError({
      where: `--store-weights ${weights}`,
      found: `given for --format ${format}`,
      expected: '--format tfjs, which is loaded over networks',
      fix: 'Leave it out',
    });
  }
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
