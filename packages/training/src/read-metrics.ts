import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChartSeries } from './line-chart';

/** A line of a run's metrics.jsonl. */
export type MetricsLine = Readonly<Record<string, unknown>>;

/** The lines of metrics.jsonl in a run folder; none if there is no file. A last line that is cut off is left out. */
export function readMetrics(runPath: string): MetricsLine[] {
  const path = join(runPath, 'metrics.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap(parseLine);
}

/** The values of one metric over steps or epochs, for a chart; empty if no line of the kind has it. */
export function metricSeries(
  lines: readonly MetricsLine[],
  select: { readonly kind: 'step' | 'epoch'; readonly name: string; readonly label?: string },
): ChartSeries {
  const points = lines.flatMap((line) => {
    const [x, y] = [line[select.kind], line[select.name]];
    return line['kind'] === select.kind && typeof x === 'number' && typeof y === 'number' ? [[x, y] as const] : [];
  });
  return { label: select.label ?? select.name, x: points.map(([x]) => x), y: points.map(([, y]) => y) };
}

function parseLine(line: string): MetricsLine[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [Object.fromEntries(Object.entries(value))] : [];
  } catch {
    return [];
  }
}
