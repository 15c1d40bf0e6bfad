import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, WeightsError } from '@featuremine/errors';
import { readStateDict } from '@featuremine/weights';
import { makeDetector } from './detector';
import type { Detector } from './detector';
import { WEIGHTS_FILE, readDetectorConfig } from './detector-config';
import type { DetectorConfig } from './detector-config';
import { inferArchitecture } from './infer-architecture';
import { detectorWeights } from './load-weights';

/** Where a detector comes from: a run folder, or a file of weights with its class names. */
export type DetectorSource =
  | { readonly run: string; readonly weights?: string | undefined }
  | { readonly weights: string; readonly classNames: readonly string[] };

/** A detector for inference, with the values of its variables. */
export interface StoredDetector {
  readonly config: DetectorConfig;
  readonly detector: Detector;
  readonly values: ReadonlyMap<string, Float32Array>;
  /** The file of weights. */
  readonly file: string;
}

/**
 * Reads a detector: the best weights of a run, or any file with torchvision's RetinaNet names, which gets torchvision's
 * 800/1333 as its way of resizing. `normEpsilon` is ε of the batch norm of such a file (1e-5).
 *
 * @throws ConfigError or WeightsError for a folder without a run, weights that are missing or do not fit, and a class
 * list of another length than the weights'.
 */
export function readDetector(source: DetectorSource, options: { readonly normEpsilon?: number } = {}): StoredDetector {
  const file = 'run' in source ? (source.weights ?? join(source.run, WEIGHTS_FILE)) : source.weights;
  const stored = 'run' in source ? readDetectorConfig(source.run) : undefined;
  if (stored !== undefined && !existsSync(file)) {
    throw new WeightsError({
      where: file,
      found: 'no weights',
      fix: 'The run has not finished its first epoch: resume it with --resume',
    });
  }
  const tensors = readStateDict(file);
  const config =
    stored ?? configOfWeights(inferArchitecture(tensors, file), source as { classNames: readonly string[] }, file);
  const detector = makeDetector({ ...config.architecture, batchNorm: 'frozen' });
  const weights = detectorWeights(detector, tensors, file, options);
  if (weights.isHeadReplaced) {
    throw new WeightsError({
      where: file,
      found: weights.report,
      fix: 'Use the weights of this run, or name the run that they are of (--run)',
    });
  }
  return { config, detector, values: weights.values, file };
}

function configOfWeights(
  found: ReturnType<typeof inferArchitecture>,
  { classNames }: { readonly classNames: readonly string[] },
  file: string,
): DetectorConfig {
  if (classNames.length !== found.numClasses) {
    throw new ConfigError({
      where: '--classes',
      found: `${classNames.length} classes`,
      expected: `${found.numClasses}, as the class output of ${file} has besides the background`,
      fix: 'Name all classes of the weights, in their order, without the background',
    });
  }
  return {
    classNames,
    architecture: { ...found, batchNorm: 'frozen', trainableStages: 0 },
    resize: { kind: 'min-max', minSize: 800, maxSize: 1333 },
    pixels: 'float32',
  };
}
