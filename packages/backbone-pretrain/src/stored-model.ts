import { join } from 'node:path';
import { modelWithValues, type CompiledModel, type Precision } from '@featuremine/tensor-graph';
import { exitsPath, readSavedVariables } from './backbone-weights';
import { ownVariables, testVariables, type TrainingMethod } from './methods/training-method';
import type { StoredClassifier } from './stored-classifier';

/** How a stored classifier is run; what is left out is as in its training. */
export interface StoredModelOptions {
  /** Methods with outputs of their own at test; their variables lie beside the weights. */
  readonly methods?: readonly TrainingMethod[];
  readonly precision?: Precision | undefined;
  readonly threads?: number | undefined;
}

/**
 * A model with the variables of a stored classifier, to be evaluated only; the caller disposes it.
 *
 * @throws WeightsError when the variables of a method are missing or do not fit
 */
export async function storedModel(
  { run, config, network, values }: StoredClassifier,
  { methods = [], precision = config.precision, threads = config.threads }: StoredModelOptions = {},
): Promise<CompiledModel> {
  const exits = testVariables(methods);
  const exitValues = exits.length > 0 ? readSavedVariables(exits, exitsPath(join(run, 'weights.safetensors'))) : [];
  const variables = [...network.variables, ...ownVariables(methods)];
  const options = { variables, seed: config.seed, precision, ...(threads === undefined ? {} : { threads }) };
  return modelWithValues(options, new Map([...values, ...exitValues]));
}
