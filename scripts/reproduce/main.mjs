// npm run reproduce -- --table all --data DIR: flags by --help, those of `backbone-pretrain reproduce` but --scale.
// `backbone-pretrain reproduce --scale mini`, whose finished rows are kept in results/reproduce.json: what stands there with
// the same options is not trained again, so that the whole can be run in parts. Writes docs/paper-tables.md, and the
// figures into results/. Ctrl-C ends it in order. Only numbers are kept: a figure is drawn in the call that trains its rows.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasEnded } from '@featuremine/training';
import { machine } from '../bench/machine.mjs';
import { programs } from '../docs/programs.mjs';
import { scriptFlags } from '../script-flags.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = join(root, 'packages', 'backbone-pretrain', 'bin', 'backbone-pretrain.js');
const resultsFile = join(root, 'results', 'reproduce.json');
/** What no training writes: measured or gathered by `reproduce` itself. */
const OTHER_FILES = ['table-7/results.json', 'table-10.json'];
/** Options that say where and how a row ran, not what. */
const LOCAL_OPTIONS = ['data', 'out', 'workers', 'threads'];

const argv = process.argv.slice(2);
const { schema } = programs.get('backbone-pretrain').commands.find(({ name }) => name === 'reproduce');
const values = await scriptFlags({
  summary:
    'Rows of the paper in small; what is finished is kept in results/reproduce.json, and docs/paper-tables.md written',
  examples: ['npm run reproduce -- --table 9 --data data/tiny-imagenet-32'],
  flags: schema.omit({ scale: true }).shape,
});
if (values.dryRun) process.exit(reproduce(argv).status ?? 1);
const folder = join(values.out, 'mini');

const known = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : { rows: {}, files: {} };
unpack();
process.on('SIGINT', () => {}); // `reproduce` gets it too, and ends in order.
const { status } = reproduce(argv);
if (status === 2) process.exit(2); // refused: nothing ran
pack();
writePage();
process.exitCode = status ?? 1;

function reproduce(flags) {
  return spawnSync(process.execPath, [program, 'reproduce', ...flags, '--scale', 'mini'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Writes what is known into run folders that are not there. */
function unpack() {
  for (const [name, { config, summary }] of Object.entries(known.rows)) {
    const run = join(folder, name);
    if (existsSync(join(run, 'config.json'))) continue;
    writeJson(join(run, 'config.json'), config);
    writeJson(join(run, 'summary.json'), summary);
  }
  for (const [name, content] of Object.entries(known.files)) {
    if (!existsSync(join(folder, name))) writeJson(join(folder, name), content);
  }
}

/** Keeps what is finished, one row a line; a row that was known stays with the machine and the day of its run. */
function pack() {
  const { rows, files } = known;
  const here = machine();
  for (const name of finishedRuns()) {
    const summary = readJson(name, 'summary.json');
    if (JSON.stringify(rows[name]?.summary) === JSON.stringify(summary)) continue;
    const config = Object.entries(readJson(name, 'config.json')).filter(([key]) => !LOCAL_OPTIONS.includes(key));
    rows[name] = { machine: here, config: Object.fromEntries(config), summary };
  }
  for (const name of OTHER_FILES.filter((file) => existsSync(join(folder, file)))) files[name] = readJson(name);
  const lines = (object) =>
    Object.keys(object)
      .sort()
      .map((key) => `${JSON.stringify(key)}: ${JSON.stringify(object[key])}`)
      .join(',\n');
  writeFileSync(resultsFile, `{"rows": {\n${lines(rows)}\n}, "files": {\n${lines(files)}\n}}\n`);
}

function finishedRuns() {
  const list = (path) => {
    if (!existsSync(path)) return [];
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  };
  return list(folder)
    .flatMap((row) => list(join(folder, row)).map((seed) => `${row}/${seed}`))
    .filter((name) => basename(name).startsWith('seed-') && existsSync(join(folder, name, 'summary.json')))
    .filter((name) => !name.startsWith('table-7/') && hasEnded(readJson(name, 'summary.json')));
}

/** All tables with what is known, and the figures that this folder has the runs of. */
function writePage() {
  const { precision, voc, vocTrain, vocTest } = values;
  const same = Object.entries({ precision, voc, 'voc-train': vocTrain, 'voc-test': vocTest }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name}`, value]),
  );
  reproduce(['--table', 'all', '--figure', 'all', '--report-only', '--out', values.out, ...same]);
  const machines = new Set(Object.values(known.rows).map(({ machine: of }) => `${of.processor}, ${of.cores} cores`));
  const head = [
    '# The paper’s tables in small',
    '',
    'Written by `npm run reproduce` from results/reproduce.json, where each row’s options, commit, date and single results',
    `are. One command for each row: \`npm run reproduce -- --rows ROW --table N --data DIR\`. Top-1 in %${[...machines].map((machine) => `; ${machine}`).join('')}.`,
    '**The images are not the paper’s**, and the trainings are short: the column on the right says how. What these numbers',
    'show is that every network and method trains; they are no measure of the paper’s claims.',
  ];
  const tables = readFileSync(join(folder, 'results.md'), 'utf8');
  writeFileSync(join(root, 'docs', 'paper-tables.md'), `${head.join('\n')}\n\n${tables}`);
  for (const name of readdirSync(folder).filter((file) => /^figure-\d+\.(svg|csv)$/.test(file))) {
    copyFileSync(join(folder, name), join(root, 'results', `paper-${name}`));
  }
}

function readJson(...parts) {
  return JSON.parse(readFileSync(join(folder, ...parts), 'utf8'));
}

function writeJson(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
}
