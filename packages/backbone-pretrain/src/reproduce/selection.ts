import { ConfigError } from '@featuremine/errors';
import { paperFigure } from './paper-figures';
import type { PaperTable } from './paper-row';
import { PAPER_TABLES } from './paper-tables';
import { chosenNumbers, type ReproduceOptions } from './reproduce-options';

/** What a call of `reproduce` does. */
export interface Selection {
  /** Tables and figures that are trainings of classifiers, with the chosen rows only. */
  readonly tables: readonly PaperTable[];
  /** Table 7. */
  readonly hasChain: boolean;
  /** Table 10. */
  readonly hasOverhead: boolean;
}

/** The tables, figures and rows that the options choose. @throws ConfigError when that is nothing */
export function select(options: Pick<ReproduceOptions, 'table' | 'figure' | 'rows' | 'scale'>): Selection {
  const { tables, figures } = chosenNumbers(options);
  const { rows: words } = options;
  const all = [
    ...PAPER_TABLES.filter(({ key }) => tables.includes(Number(key.slice('table-'.length)))),
    ...figures.map((figure) => paperFigure(figure, options.scale)),
  ];
  const ids = new Set(all.flatMap(({ rows }) => rows.map(({ id }) => id)));
  const isChosen = (id: string): boolean =>
    words === undefined || words.some((word) => (ids.has(word) ? id === word : id.includes(word)));
  const chosen = all
    .map((table) => ({ ...table, rows: table.rows.filter(({ id }) => isChosen(id)) }))
    .filter(({ rows }) => rows.length > 0);
  const selection = { tables: chosen, hasChain: tables.includes(7), hasOverhead: tables.includes(10) };
  if (chosen.length > 0 || selection.hasChain || selection.hasOverhead) return selection;
  if (all.length === 0) {
    const fix = 'Add --table 1, --table all or --figure 6';
    throw new ConfigError({ where: 'reproduce', found: 'no table and no figure', fix });
  }
  throw new ConfigError({
    where: '--rows',
    found: words!.join(', '),
    expected: `parts of ${[...ids].join(', ')}`,
    fix: 'Name such rows',
  });
}
