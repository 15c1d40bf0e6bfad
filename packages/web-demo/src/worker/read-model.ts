import type { io } from '@tensorflow/tfjs-core';
import { WeightsError } from '@featuremine/errors';
import { graphModelSchema, type GraphModelJson } from '../detector/graph-model';
import type { ModelSource } from './protocol';

/** Opens one file of a model by its name, which model.json has. */
type OpenFile = (name: string) => Promise<Blob | Response>;

/**
 * Reads an exported model: model.json, and its weights, of which all bytes must be there. `onProgress` hears which part
 * of the weights is read, 0…1.
 *
 * @throws WeightsError that names the file at fault and says what to do
 */
export async function readModel(
  source: ModelSource,
  onProgress: (fraction: number) => void,
): Promise<io.ModelArtifacts> {
  const { where, json, open } = 'url' in source ? atUrl(source.url) : amongFiles(source.files);
  const model = parsed(await (await json()).text(), where);
  const [paths, weightSpecs] = [
    model.weightsManifest.flatMap((group) => group.paths),
    model.weightsManifest.flatMap(({ weights }) => weights),
  ];
  const parts: ArrayBuffer[] = [];
  for (const path of paths) {
    parts.push(await (await open(path)).arrayBuffer());
    onProgress(parts.length / paths.length);
  }
  const [found, expected] = [sum(parts.map(({ byteLength }) => byteLength)), sum(weightSpecs.map(bytesOf))];
  if (found !== expected) {
    throw new WeightsError({
      where: `the weights of ${where}`,
      found: `${found} bytes`,
      expected: String(expected),
      fix: 'A .bin file is cut off, or of another export: take the whole folder again',
    });
  }
  return {
    format: 'graph-model',
    modelTopology: model.modelTopology,
    ...(model.signature && { signature: model.signature }),
    weightSpecs: weightSpecs as io.WeightsManifestEntry[],
    weightData: parts,
    userDefinedMetadata: model.userDefinedMetadata as Record<string, object>,
  };
}

interface OpenSource {
  readonly where: string;
  readonly json: () => Promise<Blob | Response>;
  readonly open: OpenFile;
}

function atUrl(url: string): OpenSource {
  const base = new URL(url, self.location.href);
  const fetched = async (name: string): Promise<Response> => {
    const response = await fetch(new URL(name, base)).catch(() => undefined);
    if (response?.ok) return response;
    throw new WeightsError({
      where: name,
      found: response === undefined ? 'the server does not answer' : `the server has no such file (${response.status})`,
      fix: 'Start the server, or build the site again: web-demo build',
    });
  };
  return { where: url, json: () => fetched(base.href), open: fetched };
}

// model.json first; weights are found by their names, in whatever folder they were.
function amongFiles(files: readonly File[]): OpenSource {
  const json = files.filter(({ name }) => name.endsWith('.json'));
  if (json.length !== 1) throw new Error('Pick one model.json together with all its .bin files.');
  const open = (path: string): Promise<Blob> => {
    const wanted = path.replace(/^.*\//, '');
    const file = files.find(({ name }) => name === wanted);
    if (file !== undefined) return Promise.resolve(file);
    throw new WeightsError({
      where: wanted,
      found: 'it is not among the files that you picked',
      fix: 'Pick model.json together with all its .bin files',
    });
  };
  return { where: json[0].name, json: () => Promise.resolve(json[0]), open };
}

function parsed(text: string, where: string): GraphModelJson {
  try {
    return graphModelSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new WeightsError(
      {
        where,
        found: 'it is no graph model of tfjs',
        fix: 'Export the detector again: retinanet export --format tfjs',
      },
      { cause: error },
    );
  }
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 };

function bytesOf({ shape, dtype, quantization }: GraphModelJson['weightsManifest'][number]['weights'][number]): number {
  return shape.reduce((product, size) => product * size, BYTES[quantization?.dtype ?? dtype]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
