import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { WeightsError } from '@featuremine/errors';
import { graphModelSchema, type GraphModelJson } from './detector/graph-model';
import { parseModelMetadata } from './detector/model-metadata';

/** A folder that `retinanet export --format tfjs` wrote. */
export interface ExportedModel {
  /** What it is called on the page: the name of its folder. */
  readonly name: string;
  /** model.json and the files of its weights. */
  readonly files: readonly string[];
  readonly sizeBytes: number;
}

/**
 * Looks at an exported model.
 *
 * @throws WeightsError for a folder without a model, one that is no detector, and weights that are missing
 */
export function readExportedModel(folder: string): ExportedModel {
  const file = join(folder, 'model.json');
  if (!existsSync(file)) {
    throw new WeightsError({
      where: folder,
      found: 'no model.json',
      expected: 'a detector for the browser',
      fix: 'Make one: retinanet export --run RUN --format tfjs --out DIR',
    });
  }
  const model = parsed(file);
  parseModelMetadata(model.userDefinedMetadata, file);
  const files = [
    file,
    ...model.weightsManifest.flatMap(({ paths }) => paths.map((path) => join(folder, basename(path)))),
  ];
  const missing = files.find((path) => !existsSync(path));
  if (missing !== undefined) {
    throw new WeightsError({ where: missing, found: 'there is no such file', fix: 'Export the model again' });
  }
  const sizeBytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  return { name: basename(resolve(folder)), files, sizeBytes };
}

function parsed(file: string): GraphModelJson {
  try {
    return graphModelSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new WeightsError(
      { where: file, found: 'it is no graph model of tfjs', fix: 'Export the model again' },
      { cause: error },
    );
  }
}
