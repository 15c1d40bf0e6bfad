import { join } from 'node:path';
import { planLoad, readSafetensors, requireComplete } from '@featuremine/weights';
import type { PixelStatistics } from './classification-steps';
import { createNetwork } from './create-network';
import type { Network } from './network';
import { readClassifierConfig, type ClassifierConfig } from './classifier-config';
import { pixelStatistics } from './pixel-statistics';

/** The network of a run, with the best values of its variables. */
export interface StoredClassifier {
  /** The run folder. */
  readonly run: string;
  readonly config: ClassifierConfig;
  readonly network: Network;
  readonly pixels: PixelStatistics;
  readonly values: ReadonlyMap<string, Float32Array>;
  /** What the file of weights says about where they come from. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** Reads the best weights of a run, all of them. @throws ConfigError, WeightsError where one is missing or misshapen */
export function readClassifier(run: string): StoredClassifier {
  const config = readClassifierConfig(run);
  const network = createNetwork(config.model, { numClasses: config.classNames.length, stem: config.stem });
  const file = join(run, 'weights.safetensors');
  const { tensors, metadata } = readSafetensors(file);
  const plan = planLoad(tensors, network.variables);
  requireComplete(plan, file);
  const pixels = pixelStatistics(network);
  return { run, config, network, pixels, values: plan.loaded, provenance: Object.fromEntries(metadata) };
}
