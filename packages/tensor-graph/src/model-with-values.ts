import { CompiledModel, type ModelOptions } from './compiled-model';

/**
 * Makes a model whose variables have these values; it is disposed where they cannot be written.
 *
 * @throws ConfigError for values of unknown variables, ShapeError for those of another length
 */
export async function modelWithValues(
  options: ModelOptions,
  values: ReadonlyMap<string, Float32Array>,
): Promise<CompiledModel> {
  const model = new CompiledModel(options);
  try {
    await model.writeVariables(values);
    return model;
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
