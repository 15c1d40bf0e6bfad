import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, formatDuration, formatTable, runCommand } from '@featuremine/command-line';
import type { CommandRun, Logger } from '@featuremine/command-line';
import type { DryRunSummary } from '@featuremine/training';
import { ARM_TITLES, backboneFolder, detectorCommand, planArms, pretrainCommand } from './arms';
import type { Arm } from './arms';
import { checkData } from './chain';
import type { ChainOptions } from './chain-options';
import { parseClassifySource } from './classify-source';

/** What one training of a chain will be. */
export interface PlannedTraining {
  readonly title: string;
  /** The command that the chain will run with each seed, here with the first one. */
  readonly command: string;
  readonly summary: DryRunSummary;
}

/** What a chain will do, and how long it will take. */
export interface ChainPlan {
  readonly trainings: readonly PlannedTraining[];
  readonly seeds: number;
  /** All trainings with all seeds; evaluations are not counted, nor what is finished already. */
  readonly estimatedSeconds: number;
}

/**
 * Times a few steps of each training of a chain, by the commands that it will run with `--dry-run`. Nothing is written.
 * Detectors start from nothing where their backbone is not there yet, which is as fast.
 *
 * @throws ConfigError, DatasetError for what the chain would refuse; CommandFailure
 */
export async function planChain(options: ChainOptions, log: Logger): Promise<ChainPlan> {
  parseClassifySource(options.classify);
  checkData(options);
  const trainings: PlannedTraining[] = [];
  for (const arm of planArms({ ...options, seeds: 1 })) {
    const pretraining = pretrainCommand(arm, options);
    const parts = [
      ...(pretraining === undefined ? [] : [{ part: 'backbone', run: pretraining, timed: pretraining }]),
      { part: 'detector', run: detectorCommand(arm, options), timed: withoutMissingBackbone(arm, options) },
    ];
    for (const { part, run, timed } of parts) {
      const title = `${part}, ${ARM_TITLES[arm.name]}`;
      log.info(title);
      const summary = (await runCommand({ ...timed, argv: [...timed.argv, '--dry-run'] })) as DryRunSummary;
      trainings.push({ title, command: commandLine(run), summary });
    }
  }
  const seconds = trainings.reduce((sum, { summary }) => sum + summary.plan.estimatedSeconds, 0);
  return { trainings, seeds: options.seeds, estimatedSeconds: options.seeds * seconds };
}

function withoutMissingBackbone(arm: Arm, options: ChainOptions): CommandRun {
  const hasBackbone = existsSync(join(backboneFolder(arm), 'weights.safetensors'));
  return detectorCommand(hasBackbone ? arm : { ...arm, name: 'none' }, options);
}

/** A plan as a table, with the commands, for people. */
export function planText({ trainings, seeds, estimatedSeconds }: ChainPlan): string {
  const rows = trainings.map(({ title, summary: { plan, imagesPerSecond, device } }) => [
    title,
    device,
    String(plan.steps),
    imagesPerSecond.toFixed(1),
    formatDuration(1000 * plan.estimatedSeconds),
  ]);
  const titles = ['dry run', 'device', 'steps', 'images/s', 'estimated time'];
  const table = formatTable({ columns: titles.map((title) => ({ title })), rows });
  const data = trainings.flatMap(({ summary }) => Object.entries(summary.plan.data));
  const counts = [...new Map(data.map(([name, text]) => [`${name}: ${text}`, undefined])).keys()];
  const commands = trainings.map(({ command }) => `$ ${command}`);
  const total = `${seeds} seed(s): ${formatDuration(1000 * estimatedSeconds)} in all, without evaluations`;
  return [table, counts.join('\n'), commands.join('\n'), total].join('\n\n');
}
