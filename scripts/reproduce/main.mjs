// npm run reproduce -- --table all --data DIR: flags by --help, those of `backbone-pretrain reproduce` but --scale.
// `backbone-pretrain reproduce --scale mini`, whose finished rows are kept in results/reproduce.json: what stands there with
// the same options is not trained again, so that the whole can be run in parts, each row being kept when it ends. Writes
// docs/paper-tables.md, and the figures' numbers and lines into results/. Ctrl-C ends it in order.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '@featuremine/files';
import { programs } from '../docs/programs.mjs';
import { scriptFlags } from '../script-flags.mjs';
import { KeptRuns, runKept } from './kept-runs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'packages', 'backbone-pretrain', 'bin', 'backbone-pretrain.js');

const argv = process.argv.slice(2);
const { schema } = programs.get('backbone-pretrain').commands.find(({ name }) => name === 'reproduce');
const values = await scriptFlags({
  summary:
    'Rows of the paper in small; what is finished is kept in results/reproduce.json, and docs/paper-tables.md written',
  examples: ['npm run reproduce -- --table 9 --data data/tiny-imagenet-32'],
  flags: schema.omit({ scale: true }).shape,
});
const wordsOf = (flags) => [program, 'reproduce', ...flags, '--scale', 'mini'];
const folder = join(values.out, 'mini');
const kept = new KeptRuns({
  ...{ file: join(root, 'results', 'reproduce.json'), folder },
  others: ['table-7.json', 'table-10.json'], // What no training of a classifier writes.
});
if (values.dryRun) {
  process.exitCode = spawnSync(process.execPath, wordsOf(argv), { stdio: 'inherit' }).status ?? 1;
} else {
  process.exitCode = await runKept(kept, wordsOf(argv));
  if (process.exitCode !== 2) writePage(); // 2: refused, nothing ran.
}

/** All tables with what is known, and the figures whose rows are all known; nothing where a row does not fit the options. */
function writePage() {
  const { data, precision, voc, vocTrain, vocTest, seeds, recipes } = values;
  const same = { data, precision, voc, 'voc-train': vocTrain, 'voc-test': vocTest, seeds, recipes, out: values.out };
  const flags = Object.entries(same).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, `${value}`]));
  const all = ['--table', 'all', '--figure', 'all', '--report-only'];
  const { status } = spawnSync(process.execPath, wordsOf([...all, ...flags]), {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    process.stderr.write('docs/paper-tables.md was not written: see above\n');
    process.exitCode ||= 1;
    return;
  }
  const tables = readFileSync(join(folder, 'results.md'), 'utf8');
  writeFileAtomic(join(root, 'docs', 'paper-tables.md'), `${pageHead().join('\n')}\n\n${tables}`);
  // Figure 2 as a picture shows images of the data set, which are not this repository's.
  const isOurs = (file) => /^figure-\d+\.(svg|csv)$/.test(file) && file !== 'figure-2.svg';
  for (const name of readdirSync(folder).filter(isOurs)) {
    copyFileSync(join(folder, name), join(root, 'results', `paper-${name}`));
  }
}

function pageHead() {
  const { rows, files } = kept.known;
  const ended = [...Object.values(rows), ...Object.values(files)];
  return [
    '# The paper’s tables in small',
    '',
    'Written by `npm run reproduce` from results/reproduce.json, where each row’s options, data, machine, commit, date and single',
    'results are. Top-1 in %; minutes of one training, evaluations included. `backbone-pretrain` is `npx backbone-pretrain` in',
    'this repository; DIR is the data folder, DEVKIT a VOCdevkit.',
    '',
    ...(ended.length === 0 ? ['Nothing has been run yet.'] : whatWasRun(ended)),
  ];
}

function whatWasRun(ended) {
  const names = (texts) => [...new Set(texts)].join('; ');
  const data = names(ended.flatMap((row) => row.data?.name ?? []));
  const machines = names(ended.map(({ machine: on }) => `${on.processor}, ${on.cores} cores`));
  return [
    `Data: ${data}. Measured on: ${machines}.`,
    '**The images are not the paper’s**, and the trainings are short: the column *scaled down* says how. What the rows that',
    'were run show is that their networks and methods train; they are no measure of the paper’s claims.',
  ];
}
