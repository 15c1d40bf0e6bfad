import { join } from 'node:path';
import { SAFETENSORS_FILE, openGraph } from '@featuremine/graph-export';
import type { ExportFormat, ModelRunner } from '@featuremine/graph-export';
import { modelWithValues } from '@featuremine/tensor-graph';
import { readDetector } from '../read-detector';
import { inferenceStep } from './inference-step';

/**
 * Opens an export in the runtime that it is for: TensorFlow's loader, tfjs in wasm, onnxruntime; weights in the network
 * of this program.
 */
export async function openExport(
  format: ExportFormat,
  { folder, classNames }: { readonly folder: string; readonly classNames: readonly string[] },
): Promise<ModelRunner> {
  if (format !== 'safetensors') return openGraph(format, folder);
  return openWeights(join(folder, SAFETENSORS_FILE), classNames);
}

async function openWeights(weights: string, classNames: readonly string[]): Promise<ModelRunner> {
  const { detector, values } = readDetector({ weights, classNames });
  const model = await modelWithValues({ variables: detector.variables, seed: 0 }, values);
  const run = model.evaluation('export', inferenceStep(detector));
  return { run, close: () => model.dispose() };
}
