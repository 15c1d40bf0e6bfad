import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandFailure, defineCommand, runCommands } from '@featuremine/command-line';
import type { Command, CommandContext, Program } from '@featuremine/command-line';
import { outsideJobs } from '@featuremine/mpi';
import { planArms } from './arms';
import { runChain } from './chain';
import { chainSchema } from './chain-options';
import type { ChainOptions } from './chain-options';
import { comparisonTable } from './comparison';
import { demoSchema, prepareDemo } from './demo';
import { planChain, planText } from './dry-run';
import { writeReport } from './report';

/** `npm run chain`: pretraining, fine-tuning and evaluation on a user's data, in one or in three arms. */
const chainCommand: Command = defineCommand({
  name: 'chain',
  summary: 'From classification data and VOC data to mAP: pretrain with Feature Mining, fine-tune, evaluate',
  examples: [
    'npm run chain -- --classify cifar100:data/c100@128 --voc VOCdevkit --train 2007/train --test 2007/test --image-size 320 --out runs/chain',
    'npm run chain -- --classify folder:data/photos@160 --voc VOCdevkit --train 2007/trainval --test 2007/test --compare --seeds 3 --out runs/compare',
  ],
  schema: chainSchema,
  hasConfig: true,
  run: (options, context) =>
    options.dryRun ? planned(options, context) : chainWithReport('From pretraining to detection', options, context),
});

/** `npm run demo`: the chain on drawn shapes. */
const demoCommand: Command = defineCommand({
  name: 'demo',
  summary: 'The whole chain on drawn shapes, in a few minutes: data, Feature Mining, RetinaNet, mAP and a report',
  examples: ['npm run demo', 'npm run demo -- --out runs/my-demo --seed 1'],
  schema: demoSchema,
  async run(options, context) {
    if (!options.dryRun) return chainWithReport('Demo: shapes', await prepareDemo(options, context.log), context);
    const out = mkdtempSync(join(tmpdir(), 'featuremine-demo-'));
    try {
      return await planned(await prepareDemo({ ...options, out }, context.log), context);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  },
});

function planned(options: ChainOptions, context: CommandContext): Promise<number> {
  return orItsFailure(context, '', async () => {
    const plan = await planChain(options, context.log);
    context.output(plan);
    context.print(planText(plan));
  });
}

function chainWithReport(title: string, options: ChainOptions, context: CommandContext): Promise<number> {
  const advice = '. What is finished is kept: the same command goes on from there.';
  return orItsFailure(context, advice, async () => {
    const chain = await runChain(options, context.log);
    const report = await writeReport({ title, out: options.out, arms: planArms(options), chain });
    context.output({
      ...chain.comparison,
      results: chain.results.map(({ arm, seed, scores }) => ({ arm, seed, ...scores })),
      report,
    });
    context.print(`\n${comparisonTable(chain.comparison)}\n\nReport: ${report}`);
  });
}

/** The exit code of some work: 0, or that of a command it runs, whose failure is told with some advice. */
async function orItsFailure(context: CommandContext, advice: string, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    context.log.error(`${error.message}${advice}`);
    return error.exitCode;
  }
}

/** `npm run chain` and `npm run demo` as one program. */
export const chainProgram: Program = {
  name: 'npm run',
  summary: 'From pretraining to detection',
  commands: outsideJobs('npm run', [chainCommand, demoCommand]),
};

/** Runs `npm run chain -- …` and `npm run demo -- …`; resolves to the exit code. */
export function chainMain(command: 'chain' | 'demo', argv: readonly string[]): Promise<number> {
  return runCommands({ ...chainProgram, argv: [command, ...argv] });
}
