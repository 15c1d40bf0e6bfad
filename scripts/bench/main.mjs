// npm run bench [-- NAME…]: flags by --help.
// Runs each row's contenders in turn (A B C A B C …), every time in a fresh process, and writes results/bench.json,
// results/bench.txt and docs/performance.md; rows that were not run keep their last figures. NAME is a row, a group, or
// the start of a row's name. A row may have its own number of steps (its steps are long); flags go before it.
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { ConfigError, nearestName } from '@featuremine/errors';
import { z } from 'zod';
import { setUpPeers, peersEnvironment, peersPython } from '../peers/setup.mjs';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';
import { formulaWeightsFile } from './formula-weights-file.mjs';
import { machine } from './machine.mjs';
import { mergeResults } from './results.mjs';
import { rows } from './rows.mjs';
import { benchPhotos } from './rows/bench-photos.mjs';
import { summarise, tableOf } from './summary.mjs';

const DEFAULTS = { repetitions: 5, steps: 5, warmup: 3, threads: 2, rounds: 40 };
const QUICK = { repetitions: 1, steps: 2, warmup: 2, rounds: 6 };
const number = (key, what) => wholeNumber(1).optional().describe(`${what} (${DEFAULTS[key]}, or the row's own)`);
const values = await scriptFlags({
  summary: 'Speed and memory against other libraries, into results/bench.json and docs/performance.md',
  words: { key: 'rows', describe: '[NAME]', isArray: true },
  examples: ['npm run bench -- --list', 'npm run bench -- resnet50 --repetitions 3'],
  flags: {
    rows: z.array(z.string()).default([]).describe('Rows, groups, or starts of their names (all if not given)'),
    repetitions: number('repetitions', 'Processes of each contender'),
    steps: number('steps', 'Timed steps of a process'),
    warmup: number('warmup', 'Steps before them'),
    threads: number('threads', 'Threads of each contender'),
    rounds: number('rounds', 'Rounds of a paired row'),
    allModes: z.boolean().default(false).describe('Measures the peers in their other modes too'),
    quick: z.boolean().default(false).describe('Few steps, to see that all parts work; nothing is written'),
    list: z.boolean().default(false).describe('Prints the rows and ends'),
  },
});
const chosen = values.rows.length === 0 ? rows : values.rows.flatMap(rowsOf);
if (values.list) {
  for (const { name, title } of rows) process.stdout.write(`${name.padEnd(32)} ${title}\n`);
  process.exit(0);
}
const flags = Object.fromEntries(
  Object.keys(DEFAULTS)
    .filter((name) => values[name] !== undefined)
    .map((name) => [name, values[name]]),
);

const needsPeers = ({ contenders, needsPeers }) =>
  needsPeers === true || Object.values(contenders).some(({ runtime }) => runtime !== 'node');
if (chosen.some(needsPeers)) setUpPeers();
if (chosen.some(({ name }) => name.startsWith('retinanet-infer'))) formulaWeightsFile();
if (chosen.some(({ needsPhotos }) => needsPhotos)) await benchPhotos();
// Of what else runs: later, it is the bench's own.
const loadBefore = Math.round(loadavg()[0] * 10) / 10;
if (loadBefore > 0.5) {
  process.stderr.write(`bench: the machine is busy (load ${loadBefore}): ratios will be rough, times are void\n`);
}
for (const row of chosen) {
  const contenders = Object.entries({ ...row.contenders, ...(values.allModes ? row.extra : {}) });
  const runs = Object.fromEntries(contenders.map(([name]) => [name, []]));
  const settings = { ...DEFAULTS, ...row.settings, ...(values.quick ? QUICK : {}), ...flags };
  const { repetitions, steps, warmup, threads, rounds } = settings;
  process.stderr.write(`${row.title}\n`);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [name, contender] of contenders) {
      const run = await runContender(contender, { steps, warmup, threads });
      runs[name].push(run);
      const found = run.error ?? `${run.imagesPerSecond.toFixed(2)} images/s, ${run.peakRssMb.toFixed(0)} MB`;
      process.stderr.write(`  ${repetition + 1}/${repetitions} ${name}: ${found}\n`);
    }
  }
  const paired = row.paired ? await runContender(row.paired, { rounds, warmup, threads }) : undefined;
  const summary = {
    ...summarise(row, runs, paired),
    settings: { repetitions, steps, warmup, threads, loadBefore },
    machine: machine(),
  };
  // A quick run shows that all parts work; its figures are not kept.
  if (!values.quick) mergeResults(summary);
  process.stdout.write(tableOf([summary]));
}

function runContender({ runtime, script, options }, settings) {
  const command = runtime === 'node' ? process.execPath : peersPython;
  const environment = runtime === 'node' ? { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } : peersEnvironment();
  const child = spawn(command, [script, JSON.stringify({ ...options, ...settings })], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (part) => (output += part));
  child.stderr.on('data', (part) => (errors = (errors + part).slice(-4000)));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ error: error.message }));
    child.on('close', (code) => {
      const line = output.split('\n').findLast((text) => text.startsWith('{'));
      if (code === 0 && line !== undefined) resolve(JSON.parse(line));
      else resolve({ error: `exit code ${code}\n${errors}` });
    });
  });
}

function rowsOf(word) {
  const found = rows.filter(({ name, group }) => group === word || name === word || name.startsWith(`${word}-`));
  if (found.length > 0) return found;
  const near = nearestName(word, [...rows.map(({ name }) => name), ...rows.map(({ group }) => group)]);
  throw new ConfigError({
    where: 'bench',
    found: `no row or group is named ${word}`,
    fix: near === undefined ? 'See npm run bench -- --list' : `Did you mean ${near}? See npm run bench -- --list`,
  });
}
