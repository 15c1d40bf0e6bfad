import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, defineCommand, formatDuration, runCommand, type Logger } from '@featuremine/command-line';
import { chainCommand, chainScaledDown } from '../reproduce/chain-table';
import { devkitLayoutText, layoutText, planTable, planText } from '../reproduce/full-plan';
import { chainOptions, jsonOf, plansOf, reproduce, scaleFolder, seedCount, textOf } from '../reproduce/reproduce';
import { reproduceSchema, type ReproduceOptions } from '../reproduce/reproduce-options';
import { select } from '../reproduce/selection';
import { StepSpeeds } from '../reproduce/step-speed';

/** `backbone-pretrain reproduce`: rows of the Feature Mining paper's tables and figures, paper against measured. */
export const reproduceCommand = defineCommand({
  name: 'reproduce',
  summary: 'Train rows of the Feature Mining paper’s tables and figures, and print paper against measured',
  examples: [
    'backbone-pretrain reproduce --table 9 --data data/tiny-imagenet-32',
    'backbone-pretrain reproduce --table 1,2 --rows resnet56,resnet110-byot --seeds 3 --data data/tiny-imagenet-32',
    'backbone-pretrain reproduce --table all --figure all --scale full --data data --dry-run',
  ],
  schema: reproduceSchema,
  async run(options, context) {
    if (options.dryRun) {
      const { text, json } = await dryRun(options, context.log);
      context.output(json);
      context.print(text);
      return 0;
    }
    const result = await reproduce(options, context.log);
    context.output(jsonOf(result));
    context.print(textOf(result, options, 'text'));
    for (const file of result.files) context.print(`written: ${file}`);
    if (result.interruptedBy !== undefined) {
      context.log.warn('interrupted: the same command goes on from here');
      return result.interruptedBy;
    }
    return Object.keys(result.failures).length === 0 ? 0 : 1;
  },
});

async function dryRun(options: ReproduceOptions, log: Logger): Promise<{ text: string; json: object }> {
  const { scale } = options;
  const folder = scaleFolder(options);
  mkdirSync(folder, { recursive: true });
  const speeds = new StepSpeeds(join(options.out, 'speeds.json'), log);
  const seeds = seedCount(options);
  const planned = plansOf(options);
  const parts: string[] = [];
  const rows: object[] = [];
  const seconds = new Map<string, number>();
  for (const { table, plans } of planned) {
    const timed = await planTable(plans, { scale, seeds, speeds });
    parts.push(planText(table, timed));
    for (const row of timed) {
      seconds.set(row.plan.name, row.seconds);
      const { name, options: settings, scaledDown } = row.plan;
      rows.push({
        table: table.key,
        name,
        settings,
        scaledDown,
        imagesPerSecond: row.imagesPerSecond,
        seconds: row.seconds,
      });
    }
  }
  const plans = planned.flatMap((table) => table.plans);
  if (scale === 'full') parts.push(`Data:\n${layoutText(plans)}`);
  const { hasChain, hasOverhead } = select(options);
  if (hasChain) parts.push(await chainPlan(options));
  if (hasOverhead) parts.push('Table 10: steps of ResNet-56 in turn, without and with Feature Mining; some minutes');
  const total = [...seconds.values()].reduce((sum, value) => sum + value, 0);
  parts.push(
    `${seconds.size} different trainings, ${seeds} seed(s) each: ${formatDuration(1000 * total)} on this machine, ` +
      `from measured steps${hasChain ? ', without table 7' : ''}`,
  );
  return { text: parts.join('\n\n'), json: { rows, seconds: total } };
}

// The chain's own dry run measures its steps, where its data are.
async function chainPlan(options: ReproduceOptions): Promise<string> {
  const chain = chainOptions(options);
  const command = chainCommand(chain);
  const voc = options.voc ?? join(options.data, 'VOCdevkit');
  const lines = [`Table 7: ${commandLine(command)}`, chainScaledDown(chain)];
  if (options.scale === 'full') lines.push(devkitLayoutText(voc));
  if (existsSync(voc) && existsSync(options.data)) {
    const { estimatedSeconds } = (await runCommand({ ...command, argv: [...command.argv, '--dry-run'] })) as {
      estimatedSeconds: number;
    };
    lines.push(`time: ${formatDuration(1000 * estimatedSeconds)}, without evaluations`);
  } else {
    lines.push('time: its own dry run tells it, when both data sets are there');
  }
  return lines.filter((line) => line !== '').join('\n');
}
