import type { StageTimes } from '../worker/protocol';
import { byId, make } from './dom';
import { milliseconds } from './words';

const STAGES: readonly (readonly [keyof StageTimes, string])[] = [
  ['decodeMs', 'Decode'],
  ['resizeMs', 'Resize'],
  ['networkMs', 'Network'],
  ['postProcessMs', 'Post-processing'],
];

/** Fills the table of stages with their milliseconds, their share as a bar, and the total. */
export function showTimes(times: StageTimes): void {
  const total = STAGES.reduce((sum, [key]) => sum + times[key], 0);
  const rows = STAGES.map(([key, title]) => row(title, times[key], times[key] / total));
  const last = row('Together', total, undefined);
  last.className = 'total';
  byId('times', HTMLTableElement).tBodies[0].replaceChildren(...rows, last);
}

function row(title: string, ms: number, share: number | undefined): HTMLTableRowElement {
  const head = make('th', { text: title });
  head.scope = 'row';
  const bar = make('td', { className: 'bar' });
  if (share !== undefined) {
    const line = make('i');
    line.style.width = `${100 * share}%`;
    bar.append(line);
  }
  const result = make('tr');
  const time = make('td', { text: milliseconds(ms) });
  time.dataset['ms'] = String(ms); // unrounded
  result.append(head, bar, time);
  return result;
}
