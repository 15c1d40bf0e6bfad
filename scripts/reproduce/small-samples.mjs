// npm run small-samples -- --data data/cifar-10-batches-bin: `backbone-pretrain compare` with
// configs/experiments/small-samples.json. Each finished training is kept in results/small-samples.json, with the comparison:
// what stands there with the same options is not trained again. Ctrl-C ends it in order.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';
import { KeptRuns, runKept } from './kept-runs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { data, only, seeds, atOnce, out, dryRun } = await scriptFlags({
  summary: 'Feature Mining with few images a class; what is finished is kept in results/small-samples.json',
  examples: ['npm run small-samples -- --data data/cifar-10-batches-bin'],
  flags: {
    data: z.string().min(1).describe('Folder of CIFAR-10'),
    only: z.array(z.string().min(1)).optional().describe('Runs these arms only'),
    seeds: wholeNumber(1).optional().describe("Trainings of each arm (the config's if not given)"),
    atOnce: wholeNumber(1)
      .optional()
      .describe('Trainings side by side, each on its share of the cores (1 if not given)'),
    out: z.string().min(1).default('runs/small-samples').describe('Folder of all trainings'),
    dryRun: z.boolean().default(false).describe('Only shows what would run, on what data, and for how long'),
  },
});
const words = [
  ...[join(root, 'packages', 'backbone-pretrain', 'bin', 'backbone-pretrain.js'), 'compare'],
  ...['--config', join(root, 'configs', 'experiments', 'small-samples.json'), '--data', data, '--out', out],
  ...(only === undefined ? [] : ['--only', only.join(',')]),
  ...(seeds === undefined ? [] : ['--seeds', String(seeds)]),
  ...(atOnce === undefined ? [] : ['--at-once', String(atOnce)]),
];
if (dryRun) {
  process.exitCode = spawnSync(process.execPath, [...words, '--dry-run'], { stdio: 'inherit' }).status ?? 1;
} else {
  const file = join(root, 'results', 'small-samples.json');
  process.exitCode = await runKept(new KeptRuns({ file, folder: out, others: ['comparison.json'] }), words);
}
