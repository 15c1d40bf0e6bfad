import { join, resolve, sep } from 'node:path';
import { readJsonIfSound } from '@featuremine/files';
import { readMetrics } from './read-metrics';
import type { MetricsLine } from './read-metrics';
import { readRunConfig } from './run-folder';
import { RunFolderError } from './run-folder-error';
import type { Summary } from './summary';

/** A training as its run folder tells it; also one that goes on. */
export interface StoredRun {
  /** What tells its folder from those of the other runs: the last part of the path that is not the same for all. */
  readonly label: string;
  readonly path: string;
  readonly summary: Summary;
  readonly config: Readonly<Record<string, unknown>>;
  /** What it was trained on and evaluated on, by part; empty if the run does not say. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly lines: readonly MetricsLine[];
}

/** Reads run folders, in their order. @throws RunFolderError for a folder without a run, or a damaged one */
export function readStoredRuns(paths: readonly string[]): StoredRun[] {
  const labels = labelsOf(paths);
  return paths.map((path, i) => ({
    label: labels[i],
    path,
    config: readRunConfig(path),
    summary: readSummary(path),
    data: (readJsonIfSound(join(path, 'data.json')) ?? {}) as Record<string, unknown>,
    lines: readMetrics(path),
  }));
}

function labelsOf(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => resolve(path).split(sep));
  const last = (): string[] => parts.map((part) => part.at(-1) ?? '');
  while (new Set(last()).size === 1 && parts[0].length > 0) parts.forEach((part) => part.pop());
  return new Set(last()).size === paths.length ? last() : paths;
}

function readSummary(path: string): Summary {
  const where = join(path, 'summary.json');
  const summary = readJsonIfSound(where) as Summary | null | undefined;
  if (typeof summary === 'object' && summary?.bestMetric !== undefined) return summary;
  throw new RunFolderError({
    where,
    found: 'no summary of a training',
    expected: 'a run folder whose first epoch has ended',
    fix: 'Wait for its first epoch, or leave this run out',
  });
}
