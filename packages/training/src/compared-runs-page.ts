import type { RunDifference, RunsTable } from './compared-runs';
import { htmlPage } from './html-page';
import { htmlTable } from './html-table';
import { metricCharts } from './metric-charts';
import type { StoredRun } from './stored-run';

/** Runs beside each other as one HTML page: what they reached, in what they differ, and the curves of all. */
export function comparedRunsPage(
  runs: readonly StoredRun[],
  compared: { readonly results: RunsTable; readonly differences: readonly RunDifference[] },
): string {
  const rows = compared.differences.map(({ what, values }) => [what, ...values]);
  const differ =
    rows.length === 0
      ? '<p>Options, data, versions and device are the same.</p>'
      : htmlTable({ titles: ['', ...runs.map(({ label }) => label)], rows });
  return htmlPage(`Comparison of ${runs.length} training runs`, [
    { title: 'Results', body: htmlTable(compared.results) },
    { title: 'What differs', body: differ },
    { title: 'Epochs', body: metricCharts(runs, 'epoch') },
    { title: 'Training steps', body: metricCharts(runs, 'step') },
  ]);
}
