// npm run bench -- [NAME…] [--repetitions N] [--steps N] [--warmup N] [--threads N] [--rounds N] [--all-modes] [--quick]
// Runs each row's contenders in turn (A B C A B C …), every time in a fresh process, and writes results/bench.json,
// results/bench.txt and docs/performance.md; rows that were not run keep their last figures. NAME is a row, a group, or
// the start of one. A row may have its own number of steps (its steps are long); flags go before it.
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { setUpPeers, peersEnvironment, peersPython } from '../peers/setup.mjs';
import { formulaWeightsFile } from './formula-weights-file.mjs';
import { machine } from './machine.mjs';
import { mergeResults } from './results.mjs';
import { rows } from './rows.mjs';
import { benchPhotos } from './rows/bench-photos.mjs';
import { summarise, tableOf } from './summary.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repetitions: { type: 'string' },
    steps: { type: 'string' },
    warmup: { type: 'string' },
    threads: { type: 'string' },
    rounds: { type: 'string' },
    'all-modes': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const chosen = rows.filter(
  ({ name, group }) => positionals.length === 0 || positionals.some((word) => group === word || name.startsWith(word)),
);
if (values.list || chosen.length === 0) {
  for (const { name, title } of rows) process.stdout.write(`${name.padEnd(32)} ${title}\n`);
  if (!values.list) fail(`no row or group is named ${positionals.join(' ')}. The rows are above.`);
  process.exit(0);
}
const DEFAULTS = { repetitions: 5, steps: 5, warmup: 3, threads: 2, rounds: 40 };
const QUICK = { repetitions: 1, steps: 2, warmup: 2, rounds: 6 };
const flags = Object.fromEntries(
  Object.keys(DEFAULTS)
    .filter((name) => values[name] !== undefined)
    .map((name) => [name, count(name)]),
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
  const contenders = Object.entries({ ...row.contenders, ...(values['all-modes'] ? row.extra : {}) });
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

function count(name) {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) fail(`--${name}: ${values[name]}, expected a whole number from 1.`);
  return value;
}

function fail(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}
