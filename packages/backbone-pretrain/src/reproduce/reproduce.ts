import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { writeRunFile } from '@featuremine/training';
import { Attempts } from './attempts';
import {
  chainText,
  checkChainTable,
  readChainTable,
  runChainTable,
  type ChainTable,
  type ChainTableOptions,
} from './chain-table';
import { dataReader } from './data-record';
import { gatherFigureNumbers } from './figure-numbers';
import { overheadTable, overheadText, readOverheadTable, type OverheadRow } from './overhead-table';
import { RECIPE_FOLDER } from './repository';
import { chosenNumbers, type ReproduceOptions } from './reproduce-options';
import { cellsOf, readRow, scoresOf, type RowPlace, type RowResult } from './row-result';
import { planRow, type RowPlan, type Scale } from './scale';
import { select } from './selection';
import { tableMarkdown, tableText, type MeasuredTable } from './table-text';
import { runCell } from './training-cell';
import { writeFigure } from './write-figure';

/** What a call of `reproduce` found. */
export interface Reproduction {
  readonly tables: readonly MeasuredTable[];
  readonly chain?: ChainTable;
  readonly overhead?: readonly OverheadRow[];
  /** Figures that were written. */
  readonly files: readonly string[];
  /** Rows, tables and figures that could not be run, by name. */
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
 * what was interrupted goes on. Afterwards the tables are printed from the folders, figures drawn, and results.md written.
 *
 * With `report` nothing is run: what is finished is printed.
 *
 * A row that fails is reported and the others are run; an interrupt ends the call.
 *
 * @throws ConfigError, DatasetError for what shows before the first training
 */
export async function reproduce(options: ReproduceOptions, log: Logger): Promise<Reproduction> {
  const folder = scaleFolder(options);
  const place = { folder, seeds: seedCount(options) };
  const at = options.reportOnly ? place : { ...place, dataOf: dataReader() };
  const planned = plansOf(options);
  const plans = [...new Map(planned.flatMap((table) => table.plans).map((plan) => [plan.name, plan])).values()];
  const { hasChain, hasOverhead } = select(options);
  const attempts = new Attempts(log);
  if (!options.reportOnly) {
    for (const plan of plans) readRow(plan, at);
    if (hasChain) checkChainTable(chainOptions(options));
    mkdirSync(folder, { recursive: true });
    await trainAll(plans, { ...at, attempts, log, scale: options.scale });
  }
  const tables = await measuredTables(planned, at, attempts);
  const goesOn = (): boolean => !options.reportOnly && attempts.interruptedBy === undefined;
  if (hasOverhead && goesOn()) await attempts.run('table-10', () => overheadTable(folder, options));
  if (hasChain && goesOn()) await attempts.run('table-7', () => runChainTable(chainOptions(options)));
  const files = await drawFigures(options, at, attempts);
  const { failures, interruptedBy } = attempts;
  const result: Reproduction = {
    ...{ tables, files, failures },
    ...(hasChain ? { chain: readChainTable(chainOptions(options)) } : {}),
    ...(hasOverhead ? { overhead: readOverheadTable(folder) ?? [] } : {}),
    ...(interruptedBy === undefined ? {} : { interruptedBy }),
  };
  mkdirSync(folder, { recursive: true });
  writeRunFile(join(folder, 'results.md'), `${textOf(result, options, 'markdown')}\n`);
  return result;
}

async function measuredTables(
  planned: ReturnType<typeof plansOf>,
  at: RowPlace,
  attempts: Attempts,
): Promise<MeasuredTable[]> {
  const tables: MeasuredTable[] = [];
  for (const { table, plans } of planned) {
    const results: RowResult[] = [];
    for (const plan of plans) {
      const row = (await attempts.run(plan.name, () => readRow(plan, at))) ?? { plan, cells: [] };
      const failure = attempts.failures[plan.name];
      results.push({ ...row, ...(failure === undefined ? {} : { failure }) });
    }
    tables.push({ table, results });
  }
  return tables;
}

// Of all rows of a figure, also of those that this call did not choose.
async function drawFigures(options: ReproduceOptions, at: RowPlace, attempts: Attempts): Promise<string[]> {
  if (chosenNumbers(options).figures.length === 0) return [];
  const files: string[] = [];
  for (const { table, plans } of plansOf({ ...options, table: [], rows: undefined })) {
    const drawn = await attempts.run(table.key, () =>
      writeFigure({ table, results: plans.map((plan) => readRow(plan, at)) }, at.folder),
    );
    files.push(...(drawn ?? []));
  }
  return files;
}

/** All tables of a reproduction as text, or as Markdown with commands. */
export function textOf(
  { tables, chain, overhead }: Reproduction,
  options: ReproduceOptions,
  format: 'text' | 'markdown',
): string {
  return [
    ...tables.map((table) => (format === 'text' ? tableText(table) : tableMarkdown(table, options))),
    ...(chain === undefined ? [] : [chainText(chain, options, format)]),
    ...(overhead === undefined ? [] : [overheadText(overhead, format)]),
  ].join('\n\n');
}

// Seed by seed, so that an interrupted call has complete comparisons.
async function trainAll(
  plans: readonly RowPlan[],
  { attempts, log, scale, ...at }: RowPlace & { attempts: Attempts; log: Logger; scale: Scale },
): Promise<void> {
  for (let seed = 0; seed < at.seeds; seed++) {
    for (const [index, plan] of plans.entries()) {
      if (attempts.interruptedBy !== undefined) return;
      const cell = cellsOf(plan, at)[seed];
      const title = `[${index + 1}/${plans.length}] ${plan.name}, seed ${seed}`;
      log.info(title);
      await attempts.run(plan.name, async () => {
        const { best, last } = await runCell(cell, log);
        log.info(`${title}: best top-1 ${(100 * best).toFixed(2)} %, last ${(100 * last).toFixed(2)} %`);
        if (seed === 0) await gatherFigureNumbers(plan, cell.folder, scale);
      });
    }
  }
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
