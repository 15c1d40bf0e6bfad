import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { CompiledModel, VariableSpec } from '@featuremine/tensor-graph';
import {
  makeStateDict,
  planLoad,
  readStateDict,
  requireComplete,
  writeSafetensors,
  type StateDict,
} from '@featuremine/weights';
import type { Network } from './network';

/**
 * Loads a weights file (safetensors, or a PyTorch checkpoint) into a network; a classifier for other classes is left
 * as it was started.
 *
 * @returns the report for people
 * @throws WeightsError when the file is damaged or belongs to another network
 */
export async function loadWeights(model: CompiledModel, network: Network, path: string): Promise<string> {
  const plan = planLoad(readStateDict(path), network.variables);
  requireComplete(plan, path, (name) => name.startsWith(`${network.classifier}.`));
  await model.startFrom(plan.loaded);
  return plan.text;
}

/** What is written with a network's variables. */
export interface SaveOptions {
  readonly path: string;
  /** Where the weights come from: recipe, seed, data, scores. */
  readonly provenance: Readonly<Record<string, string>>;
}

/**
 * Writes the network's variables as safetensors with torchvision's names and layout, so that PyTorch loads them with
 * `strict=True`; heads that exist in training only are left out. The metadata holds the provenance and a SHA-256 of
 * the tensors' names and values.
 */
export function saveWeights(model: CompiledModel, network: Network, options: SaveOptions): Promise<void> {
  return saveVariables(model, network.variables, options);
}

/** The file beside a weights file that holds what else a method needs at test. */
export function exitsPath(weightsPath: string): string {
  return join(dirname(weightsPath), 'exits.safetensors');
}

/** Writes variables as `saveWeights` does. */
export async function saveVariables(
  model: CompiledModel,
  variables: readonly VariableSpec[],
  { path, provenance }: SaveOptions,
): Promise<void> {
  const values = await model.readWeights(variables.map(({ name }) => name));
  const tensors = makeStateDict(variables, values, { batchCount: model.steps });
  writeSafetensors(path, tensors, { format: 'pt', ...provenance, sha256: stateDictHash(tensors) });
}

/** Reads the values of variables that `saveVariables` wrote, all of them. @throws WeightsError */
export function readSavedVariables(
  variables: readonly VariableSpec[],
  path: string,
): ReadonlyMap<string, Float32Array> {
  const plan = planLoad(readStateDict(path), variables);
  requireComplete(plan, path, () => false);
  return plan.loaded;
}

/** SHA-256 of names and values, in the order of the names. */
function stateDictHash(tensors: StateDict): string {
  const hash = createHash('sha256');
  for (const name of [...tensors.keys()].sort()) {
    const { data } = tensors.get(name)!;
    hash.update(`${name}\0`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
