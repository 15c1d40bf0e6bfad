import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listCheckpoints, readCheckpoint, readMetrics } from '@featuremine/training';

/** What must be the same of two runs, bit for bit: metrics but those of the clock, all state, and the best weights. */
export interface RunResult {
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
  readonly step: number;
  readonly variables: string;
  readonly weights: string;
}

/** Reads the result of a run from its folder. */
export function runResult(run: string): RunResult {
  const folder = join(run, 'checkpoint');
  const { state, variables } = readCheckpoint(join(folder, listCheckpoints(folder)[0]));
  const hash = createHash('sha256');
  for (const name of [...variables.keys()].sort()) {
    const { buffer, byteOffset, byteLength } = variables.get(name)!;
    hash.update(`${name}\0`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const metrics = readMetrics(run).map((line) =>
    Object.fromEntries(Object.entries(line).filter(([name]) => name !== 'seconds' && name !== 'imagesPerSecond')),
  );
  return {
    metrics,
    step: state.step,
    variables: hash.digest('hex'),
    weights: hashOf(join(run, 'weights.safetensors')),
  };
}

/** The step of the newest checkpoint; 0 without one. */
export function lastStep(run: string): number {
  return Number(listCheckpoints(join(run, 'checkpoint'))[0]?.slice(5, 13) ?? 0);
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
