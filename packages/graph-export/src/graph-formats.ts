import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportGraph } from './export-graph';
import type { ModelRunner } from './model-runner';
import { ONNX_FILE, writeOnnxModel } from './onnx-model';
import type { StoredWeights } from './quantize-weights';
import { openOnnxModel } from './run-onnx-model';
import { openSavedModel } from './run-saved-model';
import { openTfjsModel } from './run-tfjs-model';
import { SAVED_MODEL_FILE, writeSavedModel } from './saved-model';
import { TFJS_MODEL_FILE, writeTfjsModel } from './tfjs-model';

/** Formats that hold a graph with its weights. */
export const GRAPH_FORMATS = ['saved-model', 'tfjs', 'onnx'] as const;
/** A format that holds a graph with its weights, by its name. */
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** The file of each format by which a folder is known. */
const FILES: Readonly<Record<GraphFormat, string>> = {
  'saved-model': SAVED_MODEL_FILE,
  tfjs: TFJS_MODEL_FILE,
  onnx: ONNX_FILE,
};

/**
 * Writes a graph into a folder and returns the names of its files. `metadata` is JSON in the file; `weights` is how the
 * tfjs form stores them.
 *
 * @throws ExportError when the folder cannot be written
 */
export function writeGraph(
  graph: ExportGraph,
  to: { readonly format: GraphFormat; readonly folder: string },
  content: { readonly metadata: object; readonly weights: StoredWeights },
): string[] {
  switch (to.format) {
    case 'saved-model':
      return writeSavedModel(to.folder, graph, content.metadata);
    case 'tfjs':
      return writeTfjsModel(to.folder, graph, content);
    case 'onnx':
      return writeOnnxModel(to.folder, graph, content.metadata);
  }
}

/** Opens an exported graph in the runtime that it is for: TensorFlow's loader, tfjs in wasm, onnxruntime. */
export async function openGraph(format: GraphFormat, folder: string): Promise<ModelRunner> {
  switch (format) {
    case 'saved-model':
      return openSavedModel(folder);
    case 'tfjs':
      return openTfjsModel(folder);
    case 'onnx':
      return openOnnxModel(join(folder, ONNX_FILE));
  }
}

/** The format of the graph in a folder, by its file. */
export function graphFormatIn(folder: string): GraphFormat | undefined {
  return GRAPH_FORMATS.find((format) => existsSync(join(folder, FILES[format])));
}
