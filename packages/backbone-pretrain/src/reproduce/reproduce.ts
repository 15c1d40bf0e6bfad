import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure, type Logger } from '@featuremine/command-line';
import { writeRunFile } from '@featuremine/training';
import {
  chainScaledDown,
  chainText,
  readChainTable,
  runChainTable,
  type ChainRow,
  type ChainTableOptions,
} from './chain-table';
import { writeFigure } from './write-figure';
import { overheadTable, overheadText, readOverheadTable, type OverheadRow } from './overhead-table';
import { RECIPE_FOLDER } from './recipe-file';
import type { ReproduceOptions } from './reproduce-options';
import { cellsOf, readRow, scoresOf, type RowResult } from './row-result';
import { planRow, type RowPlan } from './scale';
import { select } from './selection';
import { tableMarkdown, tableText, type MeasuredTable } from './table-text';
import { runCell } from './training-cell';

/** What a call of `reproduce` found. */
export interface Reproduction {
  readonly tables: readonly MeasuredTable[];
  readonly chain?: readonly ChainRow[];
  readonly overhead?: readonly OverheadRow[];
  /** Figures that were written. */
  readonly files: readonly string[];
  /** Rows that could not be run, by name. */
  readonly failures: Readonly<Record<string, string>>;
  /** 130 or 143 when the user interrupted it: nothing more was begun. */
  readonly interruptedBy?: number;
}

/** The scale's own folder; trainings of different scales never meet. */
export function scaleFolder({ out, scale }: Pick<ReproduceOptions, 'out' | 'scale'>): string {
  return join(out, scale);
}

/** Trainings of each row. */
export function seedCount({ seeds, scale }: Pick<ReproduceOptions, 'seeds' | 'scale'>): number {
  return seeds ?? (scale === 'full' ? 4 : 1);
}

/** The plans of a selection's rows. @throws ConfigError for a recipe that is missing or wrong */
export function plansOf(
  options: ReproduceOptions,
): { readonly table: MeasuredTable['table']; readonly plans: RowPlan[] }[] {
  const { scale, data, precision, workers, threads, recipes = RECIPE_FOLDER } = options;
  const common = { precision, workers, ...(threads === undefined ? {} : { threads }) };
  return select(options).tables.map((table) => ({
    table,
    plans: table.rows.map((row) => planRow(row, { scale, data, recipes, common })),
  }));
}

/** What table 7 is run with. */
export function chainOptions(options: ReproduceOptions): ChainTableOptions {
  const { recipes = RECIPE_FOLDER } = options;
  return { ...options, recipes, seeds: seedCount(options), folder: scaleFolder(options), ...vocOf(options) };
}

/**
 * Runs the chosen rows one after another, each seed in a run folder of its own; what is finished there is not run again,
 * what was interrupted goes on. Afterwards the tables are printed from the folders, and results.md is written.
 *
 * With `report` nothing is run: what is finished is printed.
 *
 * A row that fails is reported and the others are run; an interrupt ends the call.
 */
export async function reproduce(options: ReproduceOptions, log: Logger): Promise<Reproduction> {
  const folder = scaleFolder(options);
  mkdirSync(folder, { recursive: true });
  const at = { folder, seeds: seedCount(options) };
  const planned = plansOf(options);
  const { hasChain, hasOverhead } = select(options);
  const failures: Record<string, string> = {};
  const interruptedBy = options.reportOnly
    ? undefined
    : await trainAll(
        planned.flatMap(({ plans }) => plans),
        { ...at, failures, log },
      );
  const tables = planned.map(({ table, plans }): MeasuredTable => {
    const results = plans.map((plan): RowResult => {
      const failure = failures[plan.name];
      return { ...readRow(plan, at), ...(failure === undefined ? {} : { failure }) };
    });
    return { table, results };
  });
  if (interruptedBy !== undefined) return { tables, files: [], failures, interruptedBy };
  const files: string[] = [];
  for (const table of tables.filter(({ table: { key } }) => key.startsWith('figure'))) {
    files.push(...(await writeFigure(table, folder)));
  }
  const chain = hasChain ? await chainTable(options, folder) : undefined;
  const overhead = hasOverhead
    ? options.reportOnly
      ? readOverheadTable(folder)
      : await overheadTable(folder, options)
    : undefined;
  const result = { tables, files, failures, ...(chain && { chain }), ...(overhead && { overhead }) };
  writeRunFile(join(folder, 'results.md'), `${textOf(result, options, 'markdown')}\n`);
  return result;
}

async function chainTable(options: ReproduceOptions, folder: string): Promise<readonly ChainRow[] | undefined> {
  return options.reportOnly ? readChainTable(folder) : runChainTable(chainOptions(options));
}

/** All tables of a reproduction as text, or as Markdown. */
export function textOf(
  { tables, chain, overhead }: Reproduction,
  options: ReproduceOptions,
  format: 'text' | 'markdown',
): string {
  const tableOf = format === 'text' ? tableText : tableMarkdown;
  return [
    ...tables.map(tableOf),
    ...(chain === undefined ? [] : [chainText(chain, chainScaledDown(chainOptions(options)), format)]),
    ...(overhead === undefined ? [] : [overheadText(overhead, format)]),
  ].join('\n\n');
}

// Rows that several tables share are trained once. Seed by seed, so that an interrupted call has complete comparisons.
async function trainAll(
  plans: readonly RowPlan[],
  options: { folder: string; seeds: number; failures: Record<string, string>; log: Logger },
): Promise<number | undefined> {
  const { failures, log, seeds } = options;
  const distinct = [...new Map(plans.map((plan) => [plan.name, plan])).values()];
  for (let seed = 0; seed < seeds; seed++) {
    for (const [index, plan] of distinct.entries()) {
      const cell = cellsOf(plan, options)[seed];
      const title = `[${index + 1}/${distinct.length}] ${plan.name}, seed ${seed}`;
      try {
        log.info(title);
        const { best, last } = await runCell(cell, log);
        log.info(`${title}: best top-1 ${(100 * best).toFixed(2)} %, last ${(100 * last).toFixed(2)} %`);
      } catch (error) {
        if (!(error instanceof CommandFailure)) throw error;
        if (error.exitCode === 130 || error.exitCode === 143) return error.exitCode;
        failures[plan.name] = error.message;
        log.error(`${title}: ${error.message}`);
      }
    }
  }
  return undefined;
}

function vocOf({ voc, vocTrain, vocTest }: ReproduceOptions): Pick<ChainTableOptions, 'voc' | 'vocTrain' | 'vocTest'> {
  return { voc, vocTrain, vocTest };
}

/** The numbers of a reproduction as one object, for --json and results.json. */
export function jsonOf({ tables, chain, overhead, files, failures }: Reproduction): object {
  return {
    tables: tables.map(({ table: { key }, results }) => ({
      key,
      rows: results.map((result) => ({
        id: result.plan.row.id,
        paper: result.plan.row.paper ?? null,
        ...(scoresOf(result) ?? {}),
        cells: result.cells,
        scaledDown: result.plan.scaledDown,
        isWiringOnly: result.plan.isWiringOnly,
      })),
    })),
    ...(chain && { chain }),
    ...(overhead && { overhead }),
    files,
    failures,
  };
}
