import { figureGrid, htmlPage, htmlTable, metricChart, readMetrics } from '@featuremine/training';
import { cellFolder, comparisonTable, type ArmComparison } from './compare';
import type { CompareOptions } from './compare-options';

/** A comparison as one HTML page: its table, what each arm has besides, and the curves of all trainings. */
export function comparisonPage(comparison: ArmComparison, { arms, out }: CompareOptions): string {
  const { titles, rows, note } = comparisonTable(comparison);
  const runs = comparison.arms.flatMap(({ arm, cells }) =>
    cells.map(({ seed }) => ({ label: `${arm}, seed ${seed}`, lines: readMetrics(cellFolder(out, arm, seed)) })),
  );
  const options = Object.entries(arms).map(([arm, own]) => [arm, JSON.stringify(own)]);
  return htmlPage(`Comparison with ${comparison.against}`, [
    { title: 'Top-1', body: `${htmlTable({ titles, rows })}<p>${note}</p>` },
    { title: 'Arms', body: htmlTable({ titles: ['arm', 'options besides those that all share'], rows: options }) },
    {
      title: 'Trainings',
      body: figureGrid([
        ...metricChart(runs, { title: 'Held-out images', kind: 'epoch', name: 'top1' }),
        ...metricChart(runs, { title: 'Loss', kind: 'step', name: 'train/loss' }),
      ]),
    },
  ]);
}
