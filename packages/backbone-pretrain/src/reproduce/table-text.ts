import { formatTable } from '@featuremine/command-line';
import { formatSpread } from '@featuremine/training';
import { formatPaper, type PaperTable } from './paper-row';
import type { ReproduceOptions } from './reproduce-options';
import { scoresOf, type RowResult } from './row-result';

const SCORES = ['paper', 'measured (best)', 'last', 'chance', 'minutes', 'seeds'] as const;

/** A table or figure with what was measured of it. */
export interface MeasuredTable {
  readonly table: PaperTable;
  readonly results: readonly RowResult[];
}

/** The table for people: paper against measured, top-1 in %; below it, what is smaller than in the paper. */
export function tableText({ table, results }: MeasuredTable): string {
  const notes = [...new Set(results.map(wordsOf))].filter((note) => note !== '');
  const rows = results.map((result) => {
    const words = wordsOf(result);
    const mark = words === '' ? 'no' : `${result.plan.isWiringOnly ? 'wiring only ' : ''}(${notes.indexOf(words) + 1})`;
    return [result.plan.row.title, ...scoreCells(result), result.failure ?? mark];
  });
  const columns = [
    { title: 'row' },
    ...SCORES.map((title) => ({ title, align: 'right' as const })),
    { title: 'scaled down' },
  ];
  return [headingOf(table), formatTable({ columns, rows }), ...notes.map((note, i) => `(${i + 1}) ${note}`)].join('\n');
}

/** The same as a Markdown table, with the command of each row. */
export function tableMarkdown({ table, results }: MeasuredTable, options: ReproduceOptions): string {
  const rows = results.map((result) => [
    result.plan.row.id,
    `\`${rowCommand([`--${table.key.replace('-', ' ')}`, `--rows ${result.plan.row.id}`], options)}\``,
    result.failure ?? wordsOf(result),
    ...scoreCells(result),
  ]);
  const titles = ['row', 'command', 'scaled down', ...SCORES];
  return [`### ${headingOf(table)}`, '', ...markdownTable(titles, rows, 3)].join('\n');
}

/** The lines of a Markdown table whose columns from `firstNumber` on are numbers. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  firstNumber: number,
): string[] {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [line(titles), line(titles.map((_, i) => (i >= firstNumber ? '---:' : '---'))), ...rows.map(line)];
}

/** The command that trains a part of a reproduction on a folder DIR. */
export function rowCommand(words: readonly string[], { scale, seeds, precision }: ReproduceOptions): string {
  return [
    'backbone-pretrain reproduce',
    ...words,
    '--data DIR',
    ...(scale === 'mini' ? [] : [`--scale ${scale}`]),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    `--precision ${precision}`,
  ].join(' ');
}

function headingOf({ key, title }: PaperTable): string {
  const [kind, number] = key.split('-');
  return `${kind === 'table' ? 'Table' : 'Figure'} ${number}: ${title}`;
}

// What is scaled down, in words.
function wordsOf({ plan: { isWiringOnly, scaledDown } }: RowResult): string {
  return [...(isWiringOnly ? ['wiring only: too few steps for a score'] : []), ...scaledDown].join('; ');
}

function scoreCells(result: RowResult): string[] {
  const { plan, failure, cells } = result;
  const scores = scoresOf(result);
  const measured =
    scores === undefined
      ? [failure === undefined ? 'not run' : 'failed', '', '', '']
      : [
          formatSpread(scores.best, 2),
          formatSpread(scores.last, 2),
          scores.chance.toFixed(1),
          scores.minutes.toFixed(1),
        ];
  return [formatPaper(plan.row.paper), ...measured, String(cells.length)];
}
