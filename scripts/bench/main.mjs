// npm run bench [-- NAME…]: flags by --help.
// Measures each row when the machine is idle, and writes results/bench.json, results/bench.txt and docs/performance.md;
// rows that were not run keep their last figures. NAME is a row, a group, or the start of a row's name. A row may have its
// own number of steps (its steps are long); flags go before it. A bench that was killed goes on where it was.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, nearestName } from '@featuremine/errors';
import { z } from 'zod';
import { setUpPeers } from '../peers/setup.mjs';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';
import { benchRow, showRow } from './bench-row.mjs';
import { formulaWeightsFile } from './formula-weights-file.mjs';
import { machineWithTensorflow } from './machine.mjs';
import { measureRow } from './measure-row.mjs';
import { lockBench } from './one-bench.mjs';
import { ResultFiles } from './results.mjs';
import { rows } from './rows.mjs';
import { benchPhotos } from './rows/bench-photos.mjs';

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../.cache/bench');

const DEFAULTS = { repetitions: 5, steps: 5, warmup: 3, threads: 2, rounds: 40 };
const QUICK = { repetitions: 1, steps: 2, warmup: 2, rounds: 6 };
const number = (key, what, least = 1) =>
  wholeNumber(least).optional().describe(`${what} (${DEFAULTS[key]}, or the row's own)`);
const values = await scriptFlags({
  summary: 'Speed and memory against other libraries, into results/bench.json and docs/performance.md',
  words: { key: 'rows', describe: '[NAME]', isArray: true },
  examples: ['npm run bench -- --list', 'npm run bench -- resnet50 --wait 60'],
  flags: {
    rows: z.array(z.string()).default([]).describe('Rows, groups, or starts of their names (all if not given)'),
    repetitions: number('repetitions', 'Processes of each contender'),
    steps: number('steps', 'Timed steps of a process'),
    warmup: number('warmup', 'Steps before them', 0),
    threads: number('threads', 'Threads of each contender'),
    rounds: number('rounds', 'Rounds of a paired row'),
    wait: z.number().min(0).default(5).describe('Minutes to wait before each row until the machine is idle'),
    force: z.boolean().default(false).describe('Replaces also figures of more runs, or of an idle machine'),
    results: z
      .string()
      .optional()
      .describe('Folder for bench.json, bench.txt and performance.md, instead of the project’s'),
    device: z.enum(['cpu', 'gpu']).default('cpu').describe('What the contenders compute on; gpu: an NVIDIA GPU'),
    allModes: z.boolean().default(true).describe('Measures the peers in their other modes too: torch.compile, PIL'),
    quick: z.boolean().default(false).describe('Few steps, to see that all parts work; nothing is written'),
    list: z.boolean().default(false).describe('Prints the rows and ends'),
  },
});
const ofDevice = rows.filter(({ device = 'cpu' }) => device === values.device);
const chosen = values.rows.length === 0 ? ofDevice : values.rows.flatMap(rowsOf);
if (values.list) {
  for (const { name, title } of ofDevice) process.stdout.write(`${name.padEnd(32)} ${title}\n`);
  process.exit(0);
}
const flags = Object.fromEntries(
  Object.keys(DEFAULTS)
    .filter((name) => values[name] !== undefined)
    .map((name) => [name, values[name]]),
);
const say = (line) => void process.stderr.write(`${line}\n`);

const measuredOn = machineWithTensorflow();
if (values.device === 'gpu' && measuredOn.gpus === undefined) {
  throw new ConfigError({
    where: 'bench',
    found: 'nvidia-smi shows no GPU on this machine',
    fix: 'Start it where there is one, with a driver; npm run setup brings the rest',
  });
}
lockBench(join(CACHE, 'lock'));
const needsPeers = ({ contenders, needsPeers }) =>
  needsPeers === true || Object.values(contenders).some(({ runtime }) => runtime !== 'node');
if (chosen.some(needsPeers)) setUpPeers();
if (chosen.some(({ name }) => name.startsWith('retinanet-infer'))) formulaWeightsFile();
if (chosen.some(({ needsPhotos }) => needsPhotos)) await benchPhotos();
const files = new ResultFiles(values.results);
for (const row of chosen) {
  say(row.title);
  const parts = partsOf(row);
  // Few steps show that all parts work; their figures are not kept.
  if (values.quick) showRow(await measureRow({ ...parts, say }));
  else {
    const wait = { minutes: values.wait };
    await benchRow({ parts, measuredOn, files, runsFolder: join(CACHE, 'runs'), wait, isForced: values.force, say });
  }
}

function partsOf(row) {
  const settings = { ...DEFAULTS, ...row.settings, ...(values.quick ? QUICK : {}), ...flags };
  return { row, settings, contenders: { ...row.contenders, ...(values.allModes ? row.extra : {}) } };
}

function rowsOf(word) {
  const found = ofDevice.filter(({ name, group }) => group === word || name === word || name.startsWith(`${word}-`));
  if (found.length > 0) return found;
  const near = nearestName(word, [...ofDevice.map(({ name }) => name), ...ofDevice.map(({ group }) => group)]);
  throw new ConfigError({
    where: 'bench',
    found: `no row or group ${values.device === 'gpu' ? 'for GPUs ' : ''}is named ${word}`,
    fix: near === undefined ? 'See npm run bench -- --list' : `Did you mean ${near}? See npm run bench -- --list`,
  });
}
