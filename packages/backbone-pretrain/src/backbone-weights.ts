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

/** The model's count of optimizer steps; PyTorch's batch norms call it `num_batches_tracked`. */
const STEP_COUNT = 'optimizer/step';

/** A model, and where it keeps the weights that are used: `` or `ema/`. */
export interface TrainedModel {
  readonly model: CompiledModel;
  readonly weightsPrefix: string;
}

/**
 * Loads a weights file (safetensors, or a PyTorch checkpoint) into a network; a classifier for other classes is left
 * as it was started.
 *
 * @returns the report for people
 * @throws WeightsError when the file is damaged or belongs to another network
 */
export async function loadWeights(
  { model, weightsPrefix }: TrainedModel,
  network: Network,
  path: string,
): Promise<string> {
  const plan = planLoad(readStateDict(path), network.variables);
  requireComplete(plan, path, (name) => name.startsWith(`${network.classifier}.`));
  const averages =
    weightsPrefix === '' ? [] : [...plan.loaded].map(([name, data]) => [weightsPrefix + name, data] as const);
  await model.writeVariables(new Map([...plan.loaded, ...averages]));
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
export function saveWeights(trained: TrainedModel, network: Network, options: SaveOptions): Promise<void> {
  return saveVariables(trained, network.variables, options);
}

/** The file beside a weights file that holds what else a method needs at test. */
export function exitsPath(weightsPath: string): string {
  return join(dirname(weightsPath), 'exits.safetensors');
}

/** Writes variables as `saveWeights` does. */
export async function saveVariables(
  { model, weightsPrefix }: TrainedModel,
  variables: readonly VariableSpec[],
  { path, provenance }: SaveOptions,
): Promise<void> {
  const kept = variables.map(({ name }) => weightsPrefix + name);
  const values = await model.readVariables([...kept, STEP_COUNT]);
  const named = new Map(kept.map((name) => [name.slice(weightsPrefix.length), values.get(name)!]));
  const tensors = makeStateDict(variables, named, { batchCount: values.get(STEP_COUNT)![0] });
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
