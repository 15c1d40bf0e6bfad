import { lineChartFile, type ChartSeries } from '@featuremine/training';
import type { FigureFiles } from './figure-files';
import type { FigureNumbers } from './figure-numbers';
import { scoresOf, type RowResult } from './row-result';

/** Figure 5: the held-out top-1 of each run after each epoch, in %. */
export function epochFigure(
  runs: readonly { readonly title: string; readonly epochs: FigureNumbers[5] }[],
  title: string,
): FigureFiles {
  const series = runs.map(({ title: label, epochs: { epochs, top1 } }) => ({
    ...{ label, x: epochs, y: top1.map((value) => 100 * value) },
  }));
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
    const { trainImages, numClasses } = result.cells[0];
    points.push({ x: Number(changes?.['samplesPerClass'] ?? trainImages / numClasses), ...scores.best });
    lines.set(
      method,
      points.sort((a, b) => a.x - b.x),
    );
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
