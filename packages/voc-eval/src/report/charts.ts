import type { ClassCurve } from '../class-curve';
import type { ConfusionMatrix } from '../confusion-matrix';
import { errorTypes, type ErrorType } from '../error-types';
import type { ErrorCosts } from '../error-breakdown';
import { html, type Content, type Markup } from './markup';
import { table, type Cell, type Row } from './table';

/** A precision-recall curve, 0 … 1 each way, with its best-F1 point. */
export function curveChart(name: string, ap: string, curve: ClassCurve): Markup {
  const x = (recall: number): string => (10 + 85 * recall).toFixed(1);
  const y = (precision: number): string => (90 - 85 * precision).toFixed(1);
  const places = thin(curve.recall.length);
  const raw = places.map((i) => `${x(curve.recall[i])},${y(curve.precision[i])}`).join(' ');
  // A precision holds from the recall before it: the curve goes in steps.
  const steps = places.map((i, at) => {
    const before = at === 0 ? 0 : curve.recall[places[at - 1]];
    return `${x(before)},${y(curve.falling[i])} ${x(curve.recall[i])},${y(curve.falling[i])}`;
  });
  const { best } = curve;
  const mark =
    best === undefined
      ? undefined
      : html`<circle class="best" r="2.5" cx="${x(best.recall)}" cy="${y(best.precision)}"
          ><title>best F1 ${best.f1.toFixed(3)} at score ${best.score.toPrecision(3)}</title></circle
        >`;
  return html`<figure>
    <svg viewBox="0 0 100 100" role="img" aria-label="precision against recall: ${name}">
      <path class="axis" d="M10 5V90H95M10 47.5H95M52.5 5V90" />
      <polyline class="raw" points="${raw}" />
      <polyline class="curve" points="${steps.join(' ')}" />
      ${mark}
      <text x="52.5" y="99" font-size="8" text-anchor="middle">recall</text>
      <text x="7" y="47.5" font-size="8" text-anchor="middle" transform="rotate(-90 7 47.5)">precision</text>
      <text x="7" y="9" font-size="7" text-anchor="middle">1</text>
      <text x="7" y="98" font-size="7" text-anchor="middle">0</text>
      <text x="94" y="98" font-size="7" text-anchor="middle">1</text>
    </svg>
    <figcaption><b>${name}</b> ${ap}</figcaption>
  </figure>`;
}

/** At most 200 places of `count`, the first and last among them. */
function thin(count: number): number[] {
  const step = Math.max(1, count / 200);
  const places: number[] = [];
  for (let at = 0; at < count; at += step) places.push(Math.floor(at));
  if (count > 0) places.push(count - 1);
  return places;
}

/** The colour of an error type, as a CSS value. */
function errorColour(type: ErrorType): string {
  return `var(--${type === 'missed' ? 'missed-type' : type})`;
}

/** The six error types as one bar, in AP points, with a key. */
export function errorBar({ points, counts }: ErrorCosts): Markup {
  const total = errorTypes.reduce((sum, type) => sum + points[type], 0);
  const parts = errorTypes.map((type): Content => {
    const width = total === 0 ? 0 : (100 * points[type]) / total;
    return html`<i
      style="width:${width.toFixed(2)}%;background:${errorColour(type)}"
      title="${type} ${points[type].toFixed(2)}"
    ></i>`;
  });
  const key = errorTypes.map((type): Content => {
    return html`<li>
      <i style="background:${errorColour(type)}"></i>${type} <b>${points[type].toFixed(2)}</b>
      <span class="faint">(${counts[type]})</span>
    </li>`;
  });
  return html`<div class="stack">${parts}</div>
    <ul class="key">
      ${key}
    </ul>`;
}

/** The confusion matrix as a table: rows true, columns detected; each cell shaded by its share of the row. */
export function confusionTable({ classNames, counts }: ConfusionMatrix): Markup {
  const size = classNames.length + 1;
  const columns = [...classNames, 'missed'];
  const rows = [...classNames, 'background'].map((name, row): Row => {
    const values = counts.subarray(row * size, (row + 1) * size);
    const total = values.reduce((sum, value) => sum + value, 0);
    const cells = Array.from(values, (value, column): Cell => {
      if (value === 0) return { content: undefined };
      const colour = row === column ? 'var(--found)' : 'var(--false)';
      // Half of the colour at most: the number on it is read by 4.5:1, light and dark.
      const share = Math.round(8 + (42 * value) / total);
      return {
        content: value,
        style: `background:color-mix(in srgb, ${colour} ${share}%, transparent)`,
        title: `${name} → ${columns[column]}: ${value} of ${total}`,
      };
    });
    return { name, cells };
  });
  return table({ className: 'confusion', title: '', columns, rows });
}
