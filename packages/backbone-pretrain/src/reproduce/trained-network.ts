import type { CompiledModel, HostTensor, StepFunction } from '@featuremine/tensor-graph';
import { openTestData, type ClassificationData } from '../classification-data';
import { readClassifier, type StoredClassifier } from '../stored-classifier';
import { storedModel } from '../stored-model';

/** The network of a finished run with its best weights, and the held-out images that it was measured on. */
export interface TrainedNetwork extends StoredClassifier {
  readonly model: CompiledModel;
  readonly test: ClassificationData;
}

/** Opens the network of a run folder; the caller disposes its model. @throws ConfigError, DatasetError, WeightsError */
export async function openTrainedNetwork(run: string): Promise<TrainedNetwork> {
  const stored = readClassifier(run);
  const test = openTestData(stored.config);
  return { ...stored, model: await storedModel(stored), test };
}

/** The outputs of a function of the trained network for images `[N, S, S, 3]`, as host tensors. */
export async function runTrained(
  { model }: TrainedNetwork,
  name: string,
  fn: StepFunction,
  images: { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array },
): Promise<Record<string, HostTensor>> {
  return model.evaluation(name, fn)({ images });
}
