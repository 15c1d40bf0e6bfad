import { CompiledModel } from '@featuremine/tensor-graph';
import type { FunctionInputs, ModelOptions, StepFunction, TrainOptions } from '@featuremine/tensor-graph';

/** All variables of a model, slots and averages included, after a training step for each of the batches. */
export async function trainedVariables(
  options: ModelOptions,
  run: StepFunction,
  training: TrainOptions,
  batches: readonly FunctionInputs[],
): Promise<Map<string, Float32Array>> {
  const model = new CompiledModel(options);
  const step = model.trainStep('train', run, training);
  for (const batch of batches) await step(batch);
  const values = await model.readVariables();
  await model.dispose();
  return values;
}
