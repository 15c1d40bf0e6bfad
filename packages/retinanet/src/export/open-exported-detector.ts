import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { anchorsFor } from '@featuremine/boxes';
import { ConfigError } from '@featuremine/errors';
import { SAFETENSORS_FILE, graphFormatIn } from '@featuremine/graph-export';
import type { ExportFormat } from '@featuremine/graph-export';
import type { HostTensor } from '@featuremine/tensor-graph';
import type { DetectionResize } from '@featuremine/vision-data';
import { anchorShapesOf } from '../architecture';
import { readDetectorConfig } from '../detector-config';
import type { OpenDetector } from '../open-detector';
import { exportedImage } from './exported-input';
import { exportedLevels } from './exported-outputs';
import { openExport } from './open-export';

/**
 * Opens an export of a run with post-processing outside as a detector, so that it is judged as the run itself is.
 *
 * @throws ConfigError when the folder holds no export, one with post-processing inside, or one of another run;
 * ExportError when its runtime does not take it
 */
export async function openExportedDetector(
  { run, folder }: { readonly run: string; readonly folder: string },
  options: { readonly resize?: DetectionResize | undefined } = {},
): Promise<OpenDetector> {
  const config = readDetectorConfig(run);
  const numClasses = config.classNames.length;
  const anchors = anchorShapesOf(config.architecture);
  const runner = await openExport(formatOf(folder), { folder, classNames: config.classNames });
  const one = async (images: HostTensor, imageSizes: HostTensor, index: number): Promise<LevelRows[]> => {
    const image = exportedImage({ images, imageSizes }, index);
    const { logits, deltas } = await runner.run({ images: image });
    if (logits === undefined || deltas === undefined) throw isInside(folder);
    const [, height, width] = image.shape;
    const outputs = { logits: logits.data as Float32Array, deltas: deltas.data as Float32Array };
    const rows = anchorsFor({ height, width }, anchors).length / 4;
    if (outputs.logits.length !== rows * numClasses || outputs.deltas.length !== rows * 4) throw isOther(folder, run);
    const levels = exportedLevels(outputs, { inputSize: { height, width }, numClasses, anchors });
    return levels.map((level) => ({ logits: withBackground(level.logits, numClasses), deltas: level.deltas }));
  };
  return {
    ...config,
    resize: options.resize ?? config.resize,
    evaluate: async (inputs) => {
      const { images, imageSizes } = inputs as Readonly<Record<'images' | 'imageSizes', HostTensor>>;
      const rows: LevelRows[][] = [];
      for (let i = 0; i < images.shape[0]; i++) rows.push(await one(images, imageSizes, i));
      return batchOutputs(rows, numClasses);
    },
    close: () => runner.close(),
  };
}

interface LevelRows {
  readonly logits: Float32Array; // [R of the level, K + 1]
  readonly deltas: Float32Array; // [R of the level, 4]
}

function formatOf(folder: string): ExportFormat {
  if (existsSync(join(folder, SAFETENSORS_FILE))) return 'safetensors';
  const format = graphFormatIn(folder);
  if (format !== undefined) return format;
  throw new ConfigError({
    where: `--exported ${folder}`,
    found: 'no export',
    expected: 'saved_model.pb, model.json, model.onnx or model.safetensors',
    fix: 'Name the folder that was given to retinanet export as --out',
  });
}

function isInside(folder: string): ConfigError {
  return new ConfigError({
    where: `--exported ${folder}`,
    found: 'an export with post-processing inside',
    fix: 'Export it with --post-processing outside to judge it',
  });
}

function isOther(folder: string, run: string): ConfigError {
  return new ConfigError({
    where: `--exported ${folder}`,
    found: 'an export with other classes or anchors',
    expected: `one of ${run}`,
    fix: 'Name the run that it was made of, or export this one',
  });
}

// The evaluation step has a column for the background, which is never looked at.
function withBackground(logits: Float32Array, numClasses: number): Float32Array {
  const columns = numClasses + 1;
  const wide = new Float32Array((logits.length / numClasses) * columns).fill(-Infinity);
  for (let row = 0; row * numClasses < logits.length; row++) {
    wide.set(logits.subarray(row * numClasses, (row + 1) * numClasses), row * columns + 1);
  }
  return wide;
}

function batchOutputs(rows: readonly (readonly LevelRows[])[], numClasses: number): Record<string, HostTensor> {
  const outputs: Record<string, HostTensor> = {};
  const stacked = (parts: readonly Float32Array[], columns: number): HostTensor => {
    const data = new Float32Array(parts.length * parts[0].length);
    parts.forEach((part, i) => data.set(part, i * part.length));
    return { dtype: 'float32', shape: [parts.length, parts[0].length / columns, columns], data };
  };
  rows[0].forEach((_, level) => {
    const of = (key: keyof LevelRows): Float32Array[] => rows.map((image) => image[level][key]);
    outputs[`logits${level}`] = stacked(of('logits'), numClasses + 1);
    outputs[`deltas${level}`] = stacked(of('deltas'), 4);
  });
  return outputs;
}
