import { formatTable } from '@featuremine/command-line';
import { formatSpread } from '@featuremine/training';
import { formatPaper, type PaperTable } from './paper-row';
import { scoresOf, type RowResult } from './row-result';

const TITLES = ['row', 'paper', 'measured (best)', 'last', 'chance', 'seeds', 'scaled down'] as const;

/** A table or figure with what was measured of it. */
export interface MeasuredTable {
  readonly table: PaperTable;
  readonly results: readonly RowResult[];
}

/** The table for people: paper against measured, top-1 in %; below it, what is smaller than in the paper. */
export function tableText({ table, results }: MeasuredTable): string {
  const notes = notesOf(results);
  const columns = TITLES.map((title, i) => (i >= 1 && i <= 5 ? { title, align: 'right' as const } : { title }));
  const text = formatTable({ columns, rows: results.map((result) => cells(result, notes)) });
  return [heading(table), text, ...notes.map((note, i) => `(${i + 1}) ${note}`)].join('\n');
}

/** The same as a Markdown table. */
export function tableMarkdown({ table, results }: MeasuredTable): string {
  const notes = notesOf(results);
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  const rule = line(TITLES.map((_, i) => (i >= 1 && i <= 5 ? '---:' : '---')));
  const rows = results.map((result) => line(cells(result, notes)));
  const below = notes.flatMap((note, i) => ['', `(${i + 1}) ${note}`]);
  return [`### ${heading(table)}`, '', line(TITLES), rule, ...rows, ...below].join('\n');
}

function heading({ key, title }: PaperTable): string {
  const [kind, number] = key.split('-');
  return `${kind === 'table' ? 'Table' : 'Figure'} ${number}: ${title}`;
}

// What is scaled down, in words, each once.
function notesOf(results: readonly RowResult[]): string[] {
  return [...new Set(results.map(noteOf))].filter((note) => note !== '');
}

function noteOf({ plan: { isWiringOnly, scaledDown } }: RowResult): string {
  return [...(isWiringOnly ? ['wiring only: too few steps for a score'] : []), ...scaledDown].join('; ');
}

function cells(result: RowResult, notes: readonly string[]): string[] {
  const { plan, failure } = result;
  const scores = scoresOf(result);
  const note = noteOf(result);
  const mark = note === '' ? 'no' : `${plan.isWiringOnly ? 'wiring only ' : ''}(${notes.indexOf(note) + 1})`;
  return [
    plan.row.title,
    formatPaper(plan.row.paper),
    scores === undefined ? (failure === undefined ? 'not run' : 'failed') : formatSpread(scores.best, 2),
    scores === undefined ? '' : formatSpread(scores.last, 2),
    scores === undefined ? '' : scores.chance.toFixed(1),
    String(result.cells.length),
    failure ?? mark,
  ];
}
