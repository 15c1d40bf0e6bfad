import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { formatTable, type Logger } from '@featuremine/command-line';
import { ConfigError, nearestName } from '@featuremine/errors';
import {
  confidenceInterval,
  formatDifference,
  formatSpread,
  pairedDifference,
  spreadOf,
  writeRunFile,
  type Spread,
} from '@featuremine/training';
import { isInterrupt } from './attempts';
import type { CompareOptions } from './compare-options';
import { dataReader } from './data-record';
import { readCell, resolved, runCell, type CellResult, type TrainingCell } from './training-cell';

/** A score of an arm in %, and by how much it is above the arm that it is compared with, seed by seed. */
export interface ArmScore {
  readonly spread: Spread;
  /** Absent for that arm itself. */
  readonly difference?: Spread;
  /** 95 % interval of the difference's mean (Student's t over the seeds). */
  readonly interval?: readonly [number, number];
}

/** What an arm reached. */
export interface ArmOutcome {
  readonly arm: string;
  readonly cells: readonly CellResult[];
  /** The best evaluation of each training, which is the paper's rule; on the images that it is reported for. */
  readonly best: ArmScore;
  /** The evaluation after the last epoch, which no image was chosen by. */
  readonly last: ArmScore;
}

/** A comparison as far as it is finished. */
export interface ArmComparison {
  readonly against: string;
  readonly arms: readonly ArmOutcome[];
  /** 130 or 143 when the user interrupted it. */
  readonly interruptedBy?: number;
}

/**
 * Trains all arms with the same seeds, seed by seed, each by the `train` command in a folder of its own, `atOnce` of them
 * side by side, and compares them in pairs. Finished trainings are not run again.
 *
 * @throws ConfigError, DatasetError for options and data that `train` would refuse and for other trainings in the folder,
 * before anything is run; CommandFailure
 */
export async function compareArms(options: CompareOptions, log: Logger): Promise<ArmComparison> {
  const against = options.against ?? Object.keys(options.arms)[0];
  const dataOf = dataReader();
  const cells = comparedCells(options).map((cell) => ({ ...cell, data: dataOf(cell.options) }));
  for (const cell of cells) readCell(cell);
  const names = [...new Set(cells.map(({ arm }) => arm))];
  const results = new Map(
    Object.keys(options.arms).map((arm) => [arm, names.includes(arm) ? [] : finished(options, arm)]),
  );
  let interruptedBy: number | undefined;
  await takeInTurns(cells, options.atOnce, async ({ arm, ...cell }, index) => {
    const title = `[${index + 1}/${cells.length}] ${arm}, seed ${cell.seed}`;
    try {
      log.info(title);
      const result = await runCell(cell, log);
      results.get(arm)!.push(result);
      log.info(`${title}: best top-1 ${(100 * result.best).toFixed(2)} %, last ${(100 * result.last).toFixed(2)} %`);
      return true;
    } catch (error) {
      if (!isInterrupt(error)) throw error;
      interruptedBy = error.exitCode;
      return false;
    }
  });
  const comparison = { ...summarise(results, against), ...(interruptedBy === undefined ? {} : { interruptedBy }) };
  writeRunFile(join(options.out, 'comparison.json'), `${JSON.stringify(comparison, null, 1)}\n`);
  return comparison;
}

// So many side by side: who has ended takes the next, until one is told to stop or fails; its error is thrown when all have ended.
async function takeInTurns<T>(
  items: readonly T[],
  atOnce: number,
  act: (item: T, index: number) => Promise<boolean>,
): Promise<void> {
  let next = 0;
  const takeNext = async (): Promise<void> => {
    try {
      while (next < items.length) {
        const index = next++;
        if (!(await act(items[index], index))) next = items.length;
      }
    } catch (error) {
      next = items.length;
      throw error;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, takeNext));
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** The trainings of a comparison, seed by seed. @throws ConfigError for options that `train` would refuse */
export function comparedCells(options: CompareOptions): (TrainingCell & { readonly arm: string })[] {
  const names = armNames(options);
  for (const arm of names) resolved(cellOf(options, arm, 0));
  return Array.from({ length: options.seeds }, (_, seed) =>
    names.map((arm) => ({ arm, ...cellOf(options, arm, seed) })),
  ).flat();
}

/** Scores of all arms that have results, and their differences over the seeds that both have. */
export function summarise(results: ReadonlyMap<string, readonly CellResult[]>, against: string): ArmComparison {
  const reference = results.get(against) ?? [];
  const score = (arm: string, cells: readonly CellResult[], key: 'best' | 'last'): ArmScore => {
    const spread = spreadOf(cells.map((cell) => 100 * cell[key]));
    const pairs = cells.flatMap((cell) => {
      const other = reference.find(({ seed }) => seed === cell.seed);
      return other === undefined ? [] : [[100 * cell[key], 100 * other[key]] as const];
    });
    if (arm === against || pairs.length === 0) return { spread };
    const difference = pairedDifference(
      pairs.map(([own]) => own),
      pairs.map(([, other]) => other),
    );
    return { spread, difference, interval: confidenceInterval(difference) };
  };
  const arms = [...results]
    .filter(([, cells]) => cells.length > 0)
    .map(([arm, cells]) => ({ arm, cells: [...cells].sort((a, b) => a.seed - b.seed) }))
    .map(({ arm, cells }) => ({ arm, cells, best: score(arm, cells, 'best'), last: score(arm, cells, 'last') }));
  return { against, arms };
}

/** A comparison for people: best and last top-1 in %, the paired differences with their intervals, and a note on chance. */
export function comparisonTable({ against, arms }: ArmComparison): {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note: string;
} {
  return {
    titles: ['arm', 'seeds', 'best', `best − ${against}`, '95 %', 'last', `last − ${against}`, '95 %'],
    rows: arms.map(({ arm, cells, best, last }) => [
      arm,
      String(cells.length),
      ...scoreCells(best),
      ...scoreCells(last),
    ]),
    note: arms.length === 0 ? '' : `top-1 in %, chance ${(100 / arms[0].cells[0].numClasses).toFixed(1)}`,
  };
}

/** `comparisonTable` as text. */
export function comparisonText(comparison: ArmComparison): string {
  const { titles, rows, note } = comparisonTable(comparison);
  return [formatTable({ columns: titles.map((title) => ({ title })), rows }), note].join('\n').trimEnd();
}

function scoreCells({ spread, difference, interval }: ArmScore): string[] {
  const range =
    interval === undefined || Number.isNaN(interval[0]) ? '' : interval.map((end) => end.toFixed(2)).join(' to ');
  return [formatSpread(spread, 2), difference === undefined ? '' : formatDifference(difference, 2), range];
}

function cellOf({ base, arms, data, out, atOnce }: CompareOptions, arm: string, seed: number): TrainingCell {
  const share = atOnce === 1 ? {} : { threads: Math.max(1, Math.floor(availableParallelism() / atOnce)) };
  const options = { ...share, ...base, ...(data === undefined ? {} : { data }), ...arms[arm] };
  return { options, seed, folder: cellFolder(out, arm, seed) };
}

/** The run folder of a training. */
export function cellFolder(out: string, arm: string, seed: number): string {
  return join(out, arm, `seed-${seed}`);
}

// Arms that this call does not train may have been trained before.
function finished(options: CompareOptions, arm: string): CellResult[] {
  return Array.from({ length: options.seeds }, (_, seed) => readCell(cellOf(options, arm, seed)) ?? []).flat();
}

function armNames({ arms, against, only }: CompareOptions): string[] {
  const all = Object.keys(arms);
  for (const name of [...(against === undefined ? [] : [against]), ...(only ?? [])]) {
    if (all.includes(name)) continue;
    const near = nearestName(name, all);
    throw new ConfigError({
      where: 'arms',
      found: `none is named ${name}`,
      expected: all.join(', '),
      fix: near === undefined ? 'Name one of these' : `Did you mean ${near}?`,
    });
  }
  return only === undefined ? all : all.filter((name) => only.includes(name));
}
