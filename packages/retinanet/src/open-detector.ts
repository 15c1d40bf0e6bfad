import { modelWithValues } from '@featuremine/tensor-graph';
import type { CompiledFunction, Precision } from '@featuremine/tensor-graph';
import type { DetectionResize } from '@featuremine/vision-data';
import type { DetectorConfig } from './detector-config';
import { evaluationStep } from './detector-steps';
import { readDetector } from './read-detector';
import type { DetectorSource } from './read-detector';

/** A detector that is ready to look at images. Close it after use. */
export interface OpenDetector extends DetectorConfig {
  readonly evaluate: CompiledFunction;
  /** Frees the session and its memory. */
  close(): Promise<void>;
}

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
    /** Of the activations (float32). */
    readonly precision?: Precision | undefined;
    /** ε of the batch norm of a file of weights (1e-5). */
    readonly normEpsilon?: number;
  } = {},
): Promise<OpenDetector> {
  const { config, detector, values } = readDetector(source, options);
  const { precision = 'float32' } = options;
  const model = await modelWithValues({ variables: detector.variables, seed: 0, precision }, values);
  return {
    ...config,
    resize: options.resize ?? config.resize,
    evaluate: model.evaluation('detect', evaluationStep(detector)),
    close: () => model.dispose(),
  };
}
