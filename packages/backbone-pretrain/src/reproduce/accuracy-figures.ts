import { lineChartFile, metricSeries, readMetrics, type ChartSeries } from '@featuremine/training';
import type { ShownRun } from './class-activation-maps';
import type { FigureFiles } from './figure-files';
import { scoresOf, type RowResult } from './row-result';

/** Figure 5: the held-out top-1 of each run after each epoch, in %. */
export function epochFigure(runs: readonly ShownRun[], title: string): FigureFiles {
  const series = runs.map(({ title: label, run }) => {
    const { x, y } = metricSeries(readMetrics(run), { kind: 'epoch', name: 'top1', label });
    return { label, x, y: y.map((value) => 100 * value) };
  });
  return { svg: chart(title, 'epoch', series), csv: csvOf('epoch', series) };
}

/** Figure 6: the best top-1 over the training images per class, mean over seeds in %, one line a method. */
export function sampleFigure(results: readonly RowResult[], title: string): FigureFiles {
  const lines = new Map<string, { x: number; mean: number; deviation: number }[]>();
  for (const result of results) {
    const scores = scoresOf(result);
    if (scores === undefined) continue;
    const { title: row, changes } = result.plan.row;
    const method = row.slice(0, row.lastIndexOf(','));
    const points = lines.get(method) ?? [];
    points.push({ x: Number(changes?.['samplesPerClass']), ...scores.best });
    lines.set(method, points);
  }
  const series = [...lines].map(([label, points]) => ({
    label,
    x: points.map(({ x }) => x),
    y: points.map(({ mean }) => mean),
  }));
  const rows = [...lines].flatMap(([label, points]) =>
    points.map(({ x, mean, deviation }) =>
      [label, x, mean.toFixed(3), Number.isNaN(deviation) ? '' : deviation.toFixed(3)].join(),
    ),
  );
  const csv = ['method,training images per class,best top-1 in %,deviation', ...rows].join('\n');
  return { svg: chart(title, 'training images per class', series), csv: `${csv}\n` };
}

function chart(title: string, xLabel: string, series: readonly ChartSeries[]): string {
  return lineChartFile({ title, xLabel, yLabel: 'top-1 in %', series });
}

function csvOf(xName: string, series: readonly ChartSeries[]): string {
  const rows = series.flatMap(({ label, x, y }) => x.map((value, i) => `${label},${value},${y[i].toFixed(3)}`));
  return `${[`method,${xName},top-1 in %`, ...rows].join('\n')}\n`;
}
