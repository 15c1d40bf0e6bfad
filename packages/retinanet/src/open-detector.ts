import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, WeightsError } from '@featuremine/errors';
import { CompiledModel } from '@featuremine/tensor-graph';
import type { CompiledFunction, Precision } from '@featuremine/tensor-graph';
import type { DetectionResize } from '@featuremine/vision-data';
import { readStateDict } from '@featuremine/weights';
import { makeDetector } from './detector';
import { WEIGHTS_FILE, readDetectorConfig } from './detector-config';
import type { DetectorConfig } from './detector-config';
import { evaluationStep } from './detector-steps';
import { inferArchitecture } from './infer-architecture';
import { detectorWeights } from './load-weights';

/** A detector that is ready to look at images. Close it after use. */
export interface OpenDetector extends DetectorConfig {
  readonly evaluate: CompiledFunction;
  /** Frees the session and its memory. */
  close(): Promise<void>;
}

/** Where a detector comes from: a run folder, or a file of weights with its class names. */
export type DetectorSource =
  | { readonly run: string; readonly weights?: string | undefined }
  | { readonly weights: string; readonly classNames: readonly string[] };

/**
 * Loads a detector: the best weights of a run, or any file with torchvision's RetinaNet names.
 *
 * `resize` replaces the run's; without one, a file of weights gets torchvision's 800/1333.
 *
 * @throws ConfigError or WeightsError for a folder without a run, weights that are missing or do not fit, and a class
 * list of another length than the weights'.
 */
export async function openDetector(
  source: DetectorSource,
  options: {
    readonly resize?: DetectionResize | undefined;
    readonly precision?: Precision;
    /** ε of the batch norm of a file of weights (1e-5). */
    readonly normEpsilon?: number;
  } = {},
): Promise<OpenDetector> {
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
  if (weights.isHeadReplaced)
    throw new WeightsError({
      where: file,
      found: weights.report,
      fix: 'Use the weights of this run, or name the run that they are of (--run)',
    });
  const model = new CompiledModel({
    variables: detector.variables,
    seed: 0,
    precision: options.precision ?? 'float32',
  });
  await model.writeVariables(weights.values);
  return {
    ...config,
    resize: options.resize ?? config.resize,
    evaluate: model.evaluation('detect', evaluationStep(detector)),
    close: () => model.dispose(),
  };
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
