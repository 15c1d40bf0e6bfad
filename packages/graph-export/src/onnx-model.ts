import type { ExportGraph } from './export-graph';
import { encodeOnnx } from './onnx-protobuf';
import { toOnnx } from './to-onnx';
import { writeFiles } from './write-files';

/** The name of the file. */
export const ONNX_FILE = 'model.onnx';

/** Writes `model.onnx`; what is to be known of the model is JSON under the key `metadata` of its properties. */
export function writeOnnxModel(folder: string, graph: ExportGraph, metadata: object): string[] {
  const bytes = encodeOnnx(toOnnx(graph, { metadata: JSON.stringify(metadata) }));
  return writeFiles(folder, new Map([[ONNX_FILE, bytes]]));
}
