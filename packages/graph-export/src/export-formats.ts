import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import type { VariableSpec } from '@featuremine/tensor-graph';
import { makeStateDict, writeSafetensors } from '@featuremine/weights';
import { z } from 'zod';
import { GRAPH_FORMATS } from './graph-formats';
import type { StoredWeights } from './quantize-weights';

/** All forms of an export: graphs with their weights, and weights alone for networks that exist elsewhere. */
const EXPORT_FORMATS = [...GRAPH_FORMATS, 'safetensors'] as const;
/** A format of exports, by the name that `--format` takes. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The flags of an export that are the same for every kind of network. */
export const exportFields = {
  format: z.enum(EXPORT_FORMATS).describe('TensorFlow, browsers, onnxruntime and others, or PyTorch’s torchvision'),
  out: z.string().min(1).describe('Folder of the export'),
  storeWeights: z
    .enum(['float32', 'float16', 'uint8'])
    .default('float32')
    .describe('How the weights of tfjs are stored: smaller files, other outputs'),
  tolerance: z.number().min(0).default(1e-3).describe('The largest difference that passes'),
};

/** The file of the safetensors form. */
export const SAFETENSORS_FILE = 'model.safetensors';

/** The files of an export, by their paths. */
export interface WrittenFiles {
  readonly files: readonly string[];
  readonly sizeBytes: number;
}

/**
 * Writes the weights of a network with PyTorch's names and layout; `metadata` is JSON under that key. Networks with
 * batch norm want the count of batches too, and those with frozen ones drop it: it is written.
 */
export function writeWeights(
  folder: string,
  variables: readonly VariableSpec[],
  { values, metadata }: { readonly values: ReadonlyMap<string, Float32Array>; readonly metadata: object },
): string[] {
  mkdirSync(folder, { recursive: true });
  const tensors = makeStateDict(variables, values, { batchCount: 0 });
  writeSafetensors(join(folder, SAFETENSORS_FILE), tensors, { format: 'pt', metadata: JSON.stringify(metadata) });
  return [SAFETENSORS_FILE];
}

/** The paths and the size of files that were written. */
export function writtenFiles(folder: string, names: readonly string[]): WrittenFiles {
  const files = names.map((name) => join(folder, name));
  return { files, sizeBytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

/** Refuses smaller weights for forms that do not have them. @throws ConfigError */
export function checkStoredWeights(format: ExportFormat, weights: StoredWeights): void {
  if (weights === 'float32' || format === 'tfjs') return;
  throw new ConfigError({
    where: `--store-weights ${weights}`,
    found: `given for --format ${format}`,
    expected: '--format tfjs, which is loaded over networks',
    fix: 'Leave it out',
  });
}
