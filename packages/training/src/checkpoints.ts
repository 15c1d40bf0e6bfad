import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError, UserError, parseJson } from '@featuremine/errors';
import { flushFolder, readPlainFile, removeQuietly } from '@featuremine/files';
import type { Logger } from '@featuremine/command-line';
import { asFloat32, readSafetensors, writeSafetensors } from '@featuremine/weights';
import type { StoredTensor } from '@featuremine/weights';
import { writeDurably } from './run-files';
import { CHECKPOINT_FORMAT, upgradeState } from './checkpoint-formats';
import { checkpointStateSchema } from './checkpoint-state';
import type { CheckpointState } from './checkpoint-state';
import { fileFault } from './run-folder-error';

const maxStateBytes = 16 * 1024 * 1024;

/** All state of a run at one step. */
export interface Checkpoint {
  readonly variables: Map<string, Float32Array>;
  readonly state: CheckpointState;
}

/**
 * Writes a checkpoint `step-00000120-epoch-0003/` of two files, variables.safetensors and state.json. Then it removes later
 * ones, which could not be read when the run went on from an earlier one, the one of this step from before its evaluation,
 * and those beyond the newest `keep`, except that of the best epoch. It appears under its name complete and on the disk, or
 * not at all.
 *
 * @throws RunFolderError (disk full, no permission); what was there before stays.
 */
export function saveCheckpoint(folder: string, checkpoint: Checkpoint, keep: number): void {
  const { step, epoch, best, bestStep } = checkpoint.state;
  const name = checkpointName(step, epoch);
  if (!isSound(join(folder, name))) writeCheckpoint(folder, name, checkpoint);
  const ofBest = best === null || bestStep === null ? undefined : checkpointName(bestStep, best.epoch);
  const names = listCheckpoints(folder);
  const before = names.slice(names.indexOf(name) + 1).filter((other) => !other.startsWith(checkpointStep(step)));
  const kept = new Set([name, ...before.slice(0, Math.max(0, keep - 1)), ofBest]);
  for (const other of names) if (!kept.has(other)) rmSync(join(folder, other), { recursive: true, force: true });
}

function writeCheckpoint(folder: string, name: string, checkpoint: Checkpoint): void {
  const temporary = join(folder, `${name}.${process.pid}.tmp`);
  const target = join(folder, name);
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    const tensors = new Map<string, StoredTensor>();
    for (const [key, data] of checkpoint.variables) tensors.set(key, { dtype: 'F32', shape: [data.length], data });
    writeSafetensors(join(temporary, 'variables.safetensors'), tensors, { format: 'featuremine-checkpoint' });
    writeDurably(join(temporary, 'state.json'), encodeState(checkpoint));
    flushFolder(temporary);
    // What has the name already is damaged, and was trained over from the checkpoint before it.
    rmSync(target, { recursive: true, force: true });
    renameSync(temporary, target);
    flushFolder(folder);
  } catch (error) {
    removeQuietly(temporary);
    const cause = error instanceof UserError ? (error.cause ?? error) : error;
    throw fileFault(target, cause);
  }
}

function checkpointName(step: number, epoch: number): string {
  return `${checkpointStep(step)}${String(epoch).padStart(4, '0')}`;
}

function checkpointStep(step: number): string {
  return `step-${String(step).padStart(8, '0')}-epoch-`;
}

/**
 * The newest checkpoint that is sound, or undefined if there is none at all. A damaged one is named in a warning.
 *
 * @throws CheckpointError if all that are there are damaged, or a newer version wrote them.
 */
export function loadLastCheckpoint(folder: string, log: Logger): Checkpoint | undefined {
  const names = listCheckpoints(folder);
  for (const name of names) {
    const path = join(folder, name);
    try {
      return readCheckpoint(path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      log.warn(`${error.message} The checkpoint before it is tried.`);
    }
  }
  if (names.length === 0) return undefined;
  throw new CheckpointError({
    where: folder,
    found: `none of its ${names.length} checkpoints can be read`,
    fix: 'Remove the folder to start afresh with --resume, or choose another run folder',
  });
}

/** Reads one checkpoint and verifies its checksums. @throws CheckpointError, WeightsError */
export function readCheckpoint(path: string): Checkpoint {
  const { state, sha256 } = decodeState(path);
  const variables = new Map<string, Float32Array>();
  for (const [name, tensor] of readSafetensors(join(path, 'variables.safetensors')).tensors) {
    variables.set(name, asFloat32(tensor));
  }
  if (hashVariables(variables) !== sha256) throw damaged(path, 'variables that do not match their checksum');
  return { variables, state };
}

/** Names of the checkpoints in a folder, newest first. */
export function listCheckpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const named = readdirSync(folder).flatMap((name) => {
    const match = /^step-(\d{8,})-epoch-(\d{4,})$/.exec(name);
    return match ? [{ name, step: Number(match[1]), epoch: Number(match[2]) }] : [];
  });
  return named.sort((a, b) => b.step - a.step || b.epoch - a.epoch).map(({ name }) => name);
}

function isSound(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    readCheckpoint(path);
    return true;
  } catch {
    return false;
  }
}

function encodeState({ variables, state }: Checkpoint): string {
  const body = { variablesSha256: hashVariables(variables), state };
  const text = JSON.stringify(body);
  return `${JSON.stringify({ format: CHECKPOINT_FORMAT, sha256: sha256Of(text), body })}\n`;
}

function decodeState(path: string): { state: CheckpointState; sha256: string } {
  const file = readStateFile(path);
  const { format } = file;
  if (typeof format !== 'number') throw damaged(path, 'a state without a format');
  if (format > CHECKPOINT_FORMAT) {
    throw new CheckpointError({
      where: path,
      found: `format ${format}`,
      expected: `at most ${CHECKPOINT_FORMAT}`,
      fix: 'Use the version that wrote it, or a newer one',
    });
  }
  const body = file.body as { variablesSha256?: unknown; state?: unknown } | undefined;
  if (typeof body !== 'object' || body === null) throw damaged(path, 'no checkpoint state');
  if (sha256Of(JSON.stringify(body)) !== file.sha256) throw damaged(path, 'a state that does not match its checksum');
  const parsed = checkpointStateSchema.safeParse(upgradeState(format, body.state));
  if (!parsed.success) throw damaged(path, `a state with a wrong ${parsed.error.issues[0]?.path.join('.')}`);
  return { state: parsed.data, sha256: String(body.variablesSha256) };
}

function readStateFile(path: string): Readonly<Record<'format' | 'sha256' | 'body', unknown>> {
  const file = join(path, 'state.json');
  try {
    const value = parseJson(readPlainFile(file, maxStateBytes).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<'format' | 'sha256' | 'body', unknown>;
  } catch (cause) {
    throw damaged(path, `a state.json that cannot be read (${(cause as Error).message})`);
  }
  throw damaged(path, 'a state.json that is no object');
}

function hashVariables(variables: ReadonlyMap<string, Float32Array>): string {
  const hash = createHash('sha256');
  for (const name of [...variables.keys()].sort()) {
    const data = variables.get(name)!;
    hash.update(`${name}\0${data.length}\0`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function damaged(path: string, found: string): CheckpointError {
  return new CheckpointError({ where: path, found, fix: 'It was damaged after it was written' });
}
