import { figureGrid } from './html-page';
import { lineChartSvg } from './line-chart';
import { metricSeries } from './read-metrics';
import type { MetricsLine } from './read-metrics';

/** The metrics of one run, or of each of several. */
export interface ChartedRun {
  /** Its name in the legends; a run alone has none. */
  readonly label?: string | undefined;
  readonly lines: readonly MetricsLine[];
}

const NO_METRICS = new Set(['kind', 'step', 'epoch', 'seconds']);

/** A chart for each metric that the lines of a kind have, with one line a run; a sentence where there is none. */
export function metricCharts(runs: readonly ChartedRun[], kind: 'step' | 'epoch'): string {
  const lines = runs.flatMap((run) => run.lines.filter((line) => line['kind'] === kind));
  const names = new Set(lines.flatMap((line) => Object.keys(line)).filter((name) => !NO_METRICS.has(name)));
  const figures = [...names].flatMap((name) =>
    metricChart(runs, { title: name, kind, name, yLabel: name.slice(name.lastIndexOf('/') + 1) }),
  );
  return figures.length === 0 ? '<p>Nothing yet.</p>' : figureGrid(figures);
}

/** The chart of one metric, with one line for each run that has it; none where no run does. */
export function metricChart(
  runs: readonly ChartedRun[],
  options: {
    readonly title: string;
    readonly kind: 'step' | 'epoch';
    readonly name: string;
    readonly yLabel?: string;
  },
): string[] {
  const { title, kind, name, yLabel = name } = options;
  const all = runs.map((run) => metricSeries(run.lines, { kind, name, label: run.label ?? name }));
  const series = all.filter(({ x }) => x.length > 0);
  return series.length === 0 ? [] : [lineChartSvg({ title, xLabel: kind, yLabel, series })];
}
