import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, formatDuration, runCommand, startProgress } from '@featuremine/command-line';
import type { CommandRun, Logger } from '@featuremine/command-line';
import { parseJson } from '@featuremine/errors';
import { claimFolder, hasEnded, writeRunFile } from '@featuremine/training';
import type { Summary } from '@featuremine/training';
import { createWorkerPool } from '@featuremine/vision-data';
import { openDevkit, readImageSet } from '@featuremine/voc';
import { readDetectorConfig } from '../detector-config';
import { evaluationSetOf } from '../evaluate-detector';
import { evaluateArm, readArmResult } from './arm-result';
import type { ArmResult } from './arm-result';
import { ARM_TITLES, backboneFolder, detectorCommand, detectorFolder, planArms, pretrainCommand } from './arms';
import type { Arm } from './arms';
import type { ChainOptions } from './chain-options';
import { parseClassifySource } from './classify-source';
import { compareResults } from './comparison';
import type { Comparison } from './comparison';

/** A finished chain. */
export interface ChainResult {
  readonly results: readonly ArmResult[];
  readonly comparison: Comparison;
}

/**
 * Pretrains, fine-tunes and evaluates every arm, each link by the command that a user would type. What is finished in
 * the folder is not run again; what was interrupted goes on from its checkpoint.
 *
 * @throws ConfigError when the folder holds a chain with other options; UserError for data that cannot be used.
 */
export async function runChain(options: ChainOptions, log: Logger): Promise<ChainResult> {
  parseClassifySource(options.classify);
  checkData(options);
  claimFolder(options.out, {
    file: 'chain.json',
    options: fixedOptions(options),
    what: 'a chain',
    fix: 'Give --out another folder, or the same options as before; only --seeds and --compare may grow',
  });
  const arms = planArms(options);
  const results: ArmResult[] = [];
  for (const [index, arm] of arms.entries()) {
    const title = `[${index + 1}/${arms.length}] ${ARM_TITLES[arm.name]}, seed ${arm.seed}`;
    const known = readArmResult(arm);
    log.info(known ? `${title}: done before` : title);
    const result = known ?? (await runArm(arm, options, log));
    log.info(`${title}: mAP ${result.scores.mAP.toFixed(4)}, AP50 ${result.scores.AP50.toFixed(4)}`);
    results.push(result);
  }
  const comparison = compareResults(results);
  writeRunFile(join(options.out, 'results.json'), `${JSON.stringify({ results, comparison }, null, 1)}\n`);
  return { results, comparison };
}

async function runArm(arm: Arm, options: ChainOptions, log: Logger): Promise<ArmResult> {
  mkdirSync(arm.folder, { recursive: true });
  const pretraining = pretrainCommand(arm, options);
  if (pretraining) await trainOnce(pretraining, backboneFolder(arm), log);
  await trainOnce(detectorCommand(arm, options), detectorFolder(arm), log);
  const { classNames } = readDetectorConfig(detectorFolder(arm));
  const set = readImageSet(openDevkit(options.voc), options.test, { onBadBox: 'keep', classes: classNames });
  const pool = createWorkerPool({ workers: options.workers });
  const progress = startProgress({ label: 'evaluating', total: set.images.length });
  try {
    return await evaluateArm(arm, evaluationSetOf(set), {
      pool,
      batchSize: options.batchSize,
      precision: options.precision,
      onProgress: (done) => progress.update(done),
    });
  } finally {
    progress.stop();
    await pool.close();
  }
}

// A run folder with a finished summary is left alone; one without goes on where it was stopped.
async function trainOnce(command: CommandRun, folder: string, log: Logger): Promise<void> {
  if (isFinished(folder)) return;
  const run = existsSync(join(folder, 'config.json')) ? { ...command, argv: [...command.argv, '--resume'] } : command;
  log.info(`$ ${commandLine(run)}`);
  const startMs = performance.now();
  await runCommand(run);
  log.info(`  took ${formatDuration(performance.now() - startMs)}`);
}

function isFinished(folder: string): boolean {
  const file = join(folder, 'summary.json');
  if (!existsSync(file)) return false;
  try {
    return hasEnded(parseJson(readFileSync(file, 'utf8')) as Summary);
  } catch {
    return false; // Damaged: the run goes on from its checkpoint, and writes it anew.
  }
}

/** Reads all data of a chain: faults in them show before hours of pretraining, not after. @throws DatasetError */
export function checkData(options: ChainOptions): void {
  const devkit = openDevkit(options.voc);
  const classes = options.classes === undefined ? {} : { classes: options.classes };
  const { classNames } = readImageSet(devkit, options.train, { onBadBox: options.onBadBox, ...classes });
  readImageSet(devkit, options.test, { onBadBox: 'keep', classes: classNames });
}

const GROWING: readonly string[] = ['out', 'seeds', 'compare', 'workers', 'dryRun'];

// More seeds and arms may be added to a folder; everything else must stay as it was.
function fixedOptions(options: ChainOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !GROWING.includes(key)));
}
