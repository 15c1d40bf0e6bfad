import { join } from 'node:path';
import { ONNX_FILE, openOnnxModel, openSavedModel, openTfjsModel } from '@featuremine/graph-export';
import type { ModelRunner } from '@featuremine/graph-export';
import { CompiledModel } from '@featuremine/tensor-graph';
import { readDetector } from '../read-detector';
import { SAFETENSORS_FILE } from './export-detector';
import type { ExportFormat } from './export-detector';
import { inferenceStep } from './inference-step';

/**
 * Opens an export in the runtime that it is for: TensorFlow's loader, tfjs in wasm, onnxruntime; weights in the network
 * of this program.
 */
export async function openExport(
  format: ExportFormat,
  { folder, classNames }: { readonly folder: string; readonly classNames: readonly string[] },
): Promise<ModelRunner> {
  switch (format) {
    case 'saved-model':
      return openSavedModel(folder);
    case 'tfjs':
      return openTfjsModel(folder);
    case 'onnx':
      return openOnnxModel(join(folder, ONNX_FILE));
    case 'safetensors':
      return openWeights(join(folder, SAFETENSORS_FILE), classNames);
  }
}

async function openWeights(weights: string, classNames: readonly string[]): Promise<ModelRunner> {
  const { detector, values } = readDetector({ weights, classNames });
  const model = new CompiledModel({ variables: detector.variables, seed: 0 });
  await model.writeVariables(values);
  const run = model.evaluation('export', inferenceStep(detector));
  return { run, close: () => model.dispose() };
}
