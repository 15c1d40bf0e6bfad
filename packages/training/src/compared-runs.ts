import { formatDuration } from '@featuremine/command-line';
import type { StoredRun } from './stored-run';
import type { EpochMetrics } from './summary';

/** Something in which compared runs differ: an option, a part of the data, a version, the device. */
export interface RunDifference {
  /** Such as `option lr`, `data test` or `version tensorflow`. */
  readonly what: string;
  /** One a run, as text; `–` where a run has none. */
  readonly values: readonly string[];
}

/** A table with one row a run. */
export interface RunsTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const NONE = '–';

/** How each run ended and what it reached: its best epoch by the run's own metric, its last epoch, speed and time. */
export function runsTable(runs: readonly StoredRun[]): RunsTable {
  const metrics = [...new Set(runs.map(({ summary }) => summary.bestMetric.name))];
  return {
    titles: [
      ...['run', 'ended', 'epochs', 'steps'],
      ...metrics.flatMap((name) => [`best ${name}`, 'of epoch', `last ${name}`]),
      ...['last loss', 'images/s', 'time'],
    ],
    rows: runs.map(({ label, summary }) => [
      ...[label, summary.stoppedBy, String(summary.epochs), String(summary.steps)],
      ...metrics.flatMap((name) =>
        name === summary.bestMetric.name
          ? [metricOf(summary.best, name), String(summary.best?.epoch ?? NONE), metricOf(summary.last, name)]
          : [NONE, NONE, metricOf(summary.last, name)],
      ),
      metricOf(summary.last, 'train/loss'),
      summary.imagesPerSecond.toPrecision(3),
      formatDuration(summary.seconds * 1000),
    ]),
  };
}

/** In what the runs differ. Nested options are taken apart: `option colourJitter.hue`. */
export function differencesOf(runs: readonly StoredRun[]): RunDifference[] {
  return [
    ...differing(
      'option ',
      runs.map(({ config }) => flattened({ ...config, out: undefined }, '')), // The folder is the run's name.
    ),
    ...differing(
      'data ',
      runs.map(({ data }) => data),
    ),
    ...differing(
      '',
      runs.map(({ summary: { device, ranks } }) => ({ device, processes: ranks })),
    ),
    ...differing(
      'version ',
      runs.map(({ summary }) => summary.versions),
    ),
  ];
}

function differing(kind: string, facts: readonly Readonly<Record<string, unknown>>[]): RunDifference[] {
  const keys = new Set(facts.flatMap((fact) => Object.keys(fact)));
  return [...keys].flatMap((key) => {
    const values = facts.map((fact) => textOf(fact[key]));
    return values.every((value) => value === values[0]) ? [] : [{ what: kind + key, values }];
  });
}

function flattened(config: object, prefix: string): Record<string, unknown> {
  const parts = Object.entries(config).map(([key, value]: [string, unknown]): Record<string, unknown> => {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? flattened(value, `${prefix}${key}.`) : { [prefix + key]: value };
  });
  return Object.assign({}, ...parts) as Record<string, unknown>;
}

function metricOf(epoch: EpochMetrics | null, name: string): string {
  const value = epoch?.metrics[name];
  return value === undefined ? NONE : value.toPrecision(4);
}

function textOf(value: unknown): string {
  if (value === undefined) return NONE;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
