import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, formatDuration, runCommand, type Logger } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { readJsonIfSound, writeFileAtomic } from '@featuremine/files';
import { PLACE_KEYS, hasEnded } from '@featuremine/training';
import type { Summary } from '@featuremine/training';
import { trainSchema } from '../training-options';
import { dataChanges, type DataRecord } from './data-record';
import { checkKeys, type RecipeOptions } from './recipe-file';

/** One training: options with a seed, and the folder that it runs in. */
export interface TrainingCell {
  readonly folder: string;
  readonly options: RecipeOptions;
  readonly seed: number;
  /** What images it sees; it is kept in the folder, and compared with what is there. */
  readonly data?: DataRecord;
}

/** What is kept of a finished training. Top-1 is a share, 0…1. */
export interface CellResult {
  readonly seed: number;
  /** The best of all evaluations, which is what the paper reports. */
  readonly best: number;
  readonly bestEpoch: number;
  readonly last: number;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  readonly numClasses: number;
  readonly trainImages: number;
  readonly testImages: number;
}

const DATA_FILE = 'data.json';

/** The result of a training that was finished before. @throws ConfigError when the folder holds another training */
export function readCell(cell: TrainingCell): CellResult | undefined {
  const config = readJsonIfSound(join(cell.folder, 'config.json')) as Record<string, unknown> | undefined;
  if (config === undefined) return undefined;
  const changes = [...optionChanges(config, resolved(cell)), ...changesOfData(cell)];
  if (changes.length > 0) {
    throw new ConfigError({
      where: cell.folder,
      found: `a training with other options (${changes.join('; ')})`,
      fix: 'Give --out another folder, or remove this one',
    });
  }
  const summary = readJsonIfSound(join(cell.folder, 'summary.json')) as Summary | undefined;
  if (summary === undefined || !hasEnded(summary)) return undefined;
  return resultOf(cell.seed, summary);
}

// An option that came later had its default.
function optionChanges(config: Record<string, unknown>, wanted: Record<string, unknown>): string[] {
  const defaults: Record<string, unknown> = trainSchema.parse({ dataset: 'shapes', out: 'none' });
  return Object.keys(trainSchema.shape).flatMap((key) => {
    if (PLACE_KEYS.has(key) || (key === 'imageSize' && wanted[key] === undefined)) return []; // Stored as the data's own.
    const [before, now] = [config, wanted].map((options) => JSON.stringify(options[key] ?? defaults[key]));
    return before === now ? [] : [`${key}: ${before}, not ${now}`];
  });
}

function changesOfData({ folder, data }: TrainingCell): string[] {
  const kept = readJsonIfSound(join(folder, DATA_FILE)) as DataRecord | undefined;
  return kept === undefined || data === undefined ? [] : dataChanges(kept, data);
}

/**
 * Trains by the command that a user would type, in a process of its own, unless that was finished before; goes on where
 * an earlier call was interrupted.
 *
 * @throws CommandFailure when the command fails or is interrupted; ConfigError as `readCell`, or for unknown options
 */
export async function runCell(cell: TrainingCell, log: Logger): Promise<CellResult> {
  const known = readCell(cell);
  if (known !== undefined) return known;
  const { folder, options, seed } = cell;
  mkdirSync(folder, { recursive: true });
  const recipe = join(folder, 'recipe.json');
  writeFileAtomic(recipe, `${JSON.stringify(options, null, 2)}\n`);
  if (cell.data !== undefined) writeFileAtomic(join(folder, DATA_FILE), `${JSON.stringify(cell.data)}\n`);
  const isBegun = existsSync(join(folder, 'config.json'));
  const command = {
    bin: join(__dirname, '..', '..', 'bin', 'backbone-pretrain.js'),
    argv: ['train', '--config', recipe, '--seed', String(seed), '--out', folder, ...(isBegun ? ['--resume'] : [])],
  };
  log.info(`$ ${commandLine(command)}`);
  const summary = (await runCommand(command)) as Summary;
  log.info(`  took ${formatDuration(1000 * summary.seconds)}`);
  return resultOf(seed, summary);
}

/** The options of a cell with all defaults. @throws ConfigError for options that `train` would refuse */
export function resolved({ options, seed, folder }: TrainingCell): Record<string, unknown> {
  checkKeys(options, folder);
  const parsed = trainSchema.safeParse({ ...options, seed, out: folder });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ConfigError({
    where: `${folder}, key "${issue.path.join('.')}"`,
    found: JSON.stringify(options[String(issue.path[0])]) ?? 'missing',
    expected: issue.message,
    fix: 'Change it',
  });
}

function resultOf(seed: number, summary: Summary): CellResult {
  const top1 = (metrics: Summary['best']): number => metrics?.metrics['top1'] ?? NaN;
  return {
    ...{ seed, best: top1(summary.best), bestEpoch: summary.best?.epoch ?? 0, last: top1(summary.last) },
    ...{ epochs: summary.epochs, steps: summary.steps, seconds: summary.seconds },
    numClasses: (summary['classNames'] as readonly string[]).length,
    trainImages: summary['trainImages'] as number,
    testImages: summary['testImages'] as number,
  };
}
