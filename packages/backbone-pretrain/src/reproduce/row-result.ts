import { join } from 'node:path';
import { spreadOf, type Spread } from '@featuremine/training';
import type { DataRecord } from './data-record';
import type { RecipeOptions } from './recipe-file';
import type { RowPlan } from './scale';
import { readCell, type CellResult, type TrainingCell } from './training-cell';

/** What is known of a row: its plan and the trainings that are finished. */
export interface RowResult {
  readonly plan: RowPlan;
  /** One for each seed that is finished. */
  readonly cells: readonly CellResult[];
  /** Why the row could not be run, if it could not. */
  readonly failure?: string;
}

/** Mean and deviation over seeds in %, of the best and of the last evaluation. */
export interface RowScores {
  readonly best: Spread;
  readonly last: Spread;
  /** What a guess is right in, %. */
  readonly chance: number;
  /** Of one training, on average. */
  readonly minutes: number;
}

/** Where rows are trained, how often, and on what. */
export interface RowPlace {
  readonly folder: string;
  readonly seeds: number;
  /** Reads the data set of a row; without it, data are not compared with those of before. */
  readonly dataOf?: (options: RecipeOptions) => DataRecord;
}

/** The trainings of a row, one for each seed, in `<folder>/<name>/seed-<n>`. */
export function cellsOf({ name, options }: RowPlan, { folder, seeds, dataOf }: RowPlace): TrainingCell[] {
  const data = dataOf === undefined ? {} : { data: dataOf(options) };
  return Array.from({ length: seeds }, (_, seed) => ({
    ...{ folder: join(folder, name, `seed-${seed}`), options, seed },
    ...data,
  }));
}

/** The row as far as it is finished in the folder. @throws ConfigError when it holds another training */
export function readRow(plan: RowPlan, at: RowPlace): RowResult {
  return { plan, cells: cellsOf(plan, at).flatMap((cell) => readCell(cell) ?? []) };
}

/** A row's scores; undefined before its first training is finished. */
export function scoresOf({ cells }: RowResult): RowScores | undefined {
  if (cells.length === 0) return undefined;
  const percent = (values: readonly number[]): Spread => spreadOf(values.map((value) => 100 * value));
  return {
    best: percent(cells.map(({ best }) => best)),
    last: percent(cells.map(({ last }) => last)),
    chance: 100 / cells[0].numClasses,
    minutes: spreadOf(cells.map(({ seconds }) => seconds / 60)).mean,
  };
}
