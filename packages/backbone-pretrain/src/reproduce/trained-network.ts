import { join } from 'node:path';
import type { StepFunction } from '@featuremine/tensor-graph';
import { loadWeights } from '../backbone-weights';
import { openTestData, type ClassificationData } from '../classification-data';
import { createClassifier, type Classifier } from '../classifier';
import { createNetwork } from '../create-network';
import { featureMining } from '../feature-mining/feature-mining';
import type { Network } from '../network';
import { readClassifierConfig } from '../classifier-config';
import { pixelStatistics } from '../pixel-statistics';

/** The network of a finished run with its best weights, and the held-out images that it was measured on. */
export interface TrainedNetwork {
  readonly network: Network;
  readonly classifier: Classifier;
  readonly pixels: ReturnType<typeof pixelStatistics>;
  readonly test: ClassificationData;
}

/** Opens the network of a run folder; the caller disposes its model. @throws ConfigError, DatasetError, WeightsError */
export async function openTrainedNetwork(run: string): Promise<TrainedNetwork> {
  const config = readClassifierConfig(run);
  const test = openTestData(config);
  const network = createNetwork(config.model, { numClasses: config.classNames.length, stem: config.stem });
  const mining = featureMining(network, { stages: 0, imageSize: test.imageSize });
  const pixels = pixelStatistics(network);
  const classifier = createClassifier({ ...config, ema: 0, network, mining, pixels });
  await loadWeights(classifier, network, join(run, 'weights.safetensors'));
  return { network, classifier, pixels, test };
}

/** The outputs of a function of the trained network for images `[N, S, S, 3]`, as host tensors. */
export async function runTrained(
  { classifier }: TrainedNetwork,
  name: string,
  fn: StepFunction,
  images: { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array },
): ReturnType<Classifier['predict']> {
  return classifier.model.evaluation(name, fn)({ images });
}
