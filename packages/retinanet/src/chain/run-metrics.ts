import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChartLine } from './svg-chart';

/** A line of a run's metrics.jsonl. */
type MetricsLine = Readonly<Record<string, unknown>>;

/** The lines of a run's metrics.jsonl; none when the file is missing, and a last line that was cut off is left out. */
export function readMetrics(run: string): MetricsLine[] {
  const file = join(run, 'metrics.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line.trim() === '' ? [] : [JSON.parse(line) as MetricsLine];
      } catch {
        return [];
      }
    });
}

/** The values of one metric over steps or epochs, for a chart; empty when no line has it. */
export function metricLine(
  lines: readonly MetricsLine[],
  { metric, over, label }: { readonly metric: string; readonly over: string; readonly label: string },
): ChartLine {
  const points = lines.flatMap((line) => {
    const [x, y] = [line[over], line[metric]];
    return typeof x === 'number' && typeof y === 'number' ? [[x, y] as const] : [];
  });
  return { label, x: points.map(([x]) => x), y: points.map(([, y]) => y) };
}
