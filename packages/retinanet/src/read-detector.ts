import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, WeightsError } from '@featuremine/errors';
import { readStateDict } from '@featuremine/weights';
import type { StateDict } from '@featuremine/weights';
import { makeDetector } from './detector';
import type { Detector } from './detector';
import { WEIGHTS_FILE, configInWeights, readDetectorConfig } from './detector-config';
import type { DetectorConfig } from './detector-config';
import { inferArchitecture } from './infer-architecture';
import { detectorWeights } from './load-weights';

/** Where a detector comes from: a run folder, or a file of weights, with its class names where it does not hold them. */
export type DetectorSource =
  | { readonly run: string; readonly weights?: string | undefined }
  | { readonly weights: string; readonly classNames?: readonly string[] | undefined };

/** A detector for inference, with the values of its variables. */
export interface StoredDetector {
  readonly config: DetectorConfig;
  readonly detector: Detector;
  readonly values: ReadonlyMap<string, Float32Array>;
  /** The file of weights. */
  readonly file: string;
}

/**
 * Reads a detector: the best weights of a run, or any file with torchvision's RetinaNet names. Classes, anchors and way
 * of resizing are those that `retinanet train` wrote into the file; any other gets torchvision's anchors and 800/1333.
 * `normEpsilon` is ε of the batch norm of such a file (1e-5).
 *
 * @throws ConfigError or WeightsError for a folder without a run, weights that are missing or do not fit, a class list
 * of another length than the weights', and none where the weights do not name their classes.
 */
export function readDetector(
  source: DetectorSource,
  { normEpsilon }: { readonly normEpsilon?: number } = {},
): StoredDetector {
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
  const config = stored ?? configOfWeights(file, tensors, 'run' in source ? undefined : source.classNames);
  const detector = makeDetector({ ...config.architecture, batchNorm: 'frozen' });
  const weights = detectorWeights(detector, tensors, file, normEpsilon === undefined ? {} : { normEpsilon });
  if (weights.isHeadReplaced) {
    throw new WeightsError({
      where: file,
      found: weights.report,
      fix: 'Use the weights of this run, or name the run that they are of (--run)',
    });
  }
  return { config, detector, values: weights.values, file };
}

function configOfWeights(file: string, tensors: StateDict, givenNames: readonly string[] | undefined): DetectorConfig {
  const found = inferArchitecture(tensors, file);
  const own = configInWeights(file);
  const classNames = givenNames ?? own?.classNames;
  if (classNames?.length !== found.numClasses) {
    throw new ConfigError({
      where: '--classes',
      found:
        classNames === undefined ? `missing, and ${file} does not name its classes` : `${classNames.length} classes`,
      expected: `${found.numClasses}, as the class output of ${file} has besides the background`,
      fix: 'Name all classes of the weights, in their order, without the background',
    });
  }
  const { anchors } = own?.architecture ?? {};
  return {
    classNames,
    architecture: { ...found, batchNorm: 'frozen', trainableStages: 0, ...(anchors ? { anchors } : {}) },
    resize: own?.resize ?? { kind: 'min-max', minSize: 800, maxSize: 1333 },
    pixels: own?.pixels ?? 'float32',
  };
}
