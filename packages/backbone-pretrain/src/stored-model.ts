import { join } from 'node:path';
import { CompiledModel, type Precision } from '@featuremine/tensor-graph';
import { exitsPath, loadVariables } from './backbone-weights';
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
  const model = new CompiledModel({
    variables: [...network.variables, ...ownVariables(methods)],
    seed: config.seed,
    precision,
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    await model.writeVariables(values);
    const exits = testVariables(methods);
    if (exits.length > 0) await loadVariables(model, exits, exitsPath(join(run, 'weights.safetensors')));
    return model;
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
