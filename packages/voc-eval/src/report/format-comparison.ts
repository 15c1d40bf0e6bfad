import type { PairedComparison } from '../compare';
import { comparisonColumns, comparisonRows } from '../comparison-rows';
import { html } from './markup';
import { page } from './page';
import { table } from './table';

/** A comparison as one HTML page that needs nothing else. `a` and `b` say what was compared, `protocol` how. */
export function formatComparison({
  a,
  b,
  protocol,
  compared,
}: {
  readonly a: string;
  readonly b: string;
  readonly protocol: string;
  readonly compared: PairedComparison;
}): string {
  const rows = comparisonRows(compared);
  const tiles = rows[rows.length - 1].numbers.map((value, i) => [`mAP: ${comparisonColumns[i]}`, value] as const);
  return page(
    'Two sets of detections',
    html`<p>A: ${a}<br />B: ${b}</p>
      <p class="faint">${protocol}</p>
      <div class="tiles">
        ${tiles.map(([name, value]) => html`<div class="tile"><b>${value}</b><span>${name}</span></div>`)}
      </div>
      <h2>Classes</h2>
      <p class="faint">AP in percent; 95 % intervals and p of the difference, over the same drawn images for both.</p>
      ${table({
        className: 'classes',
        title: 'class',
        columns: comparisonColumns,
        rows: rows.map(({ name, numbers }) => ({ name, cells: numbers.map((content) => ({ content })) })),
      })}`,
  );
}
