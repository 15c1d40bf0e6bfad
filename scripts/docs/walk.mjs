// npm run docs:walk [-- PAGE.md…]: runs the commands of README.md, docs/own-data.md, docs/pretraining.md and
// docs/fine-tuning.md in their order, on drawn shapes, each page in a folder of its own. Trainings are made small: one epoch,
// small images, a small network. Commands of npm are left out. Exits with 1 when a command does not end as it should.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { z } from 'zod';
import { scriptFlags } from '../script-flags.mjs';
import { readMarkdown } from './markdown.mjs';
import { programs } from './programs.mjs';
import { shellLines } from './shell-lines.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TRAININGS = new Set(['train', 'overfit']);
/** Values that make a training small, and flags that each training of a detector gets besides. */
const SMALL = { '--epochs': '1', '--image-size': '96', '--batch-size': '4' };

const PAGES = ['README.md', 'docs/own-data.md', 'docs/pretraining.md', 'docs/fine-tuning.md'];
const { pages } = await scriptFlags({
  summary: 'Runs the commands of documents in small, on drawn shapes',
  examples: ['npm run docs:walk', 'npm run docs:walk -- docs/own-data.md'],
  words: { key: 'pages', describe: '[PAGE]', isArray: true },
  flags: { pages: z.array(z.string()).default(PAGES).describe('Documents, from the root of the repository') },
});
const folder = mkdtempSync(join(tmpdir(), 'docs-walk-'));
let faults = 0;
let count = 0;
try {
  for (const page of pages) await walk(page);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${count} commands were run, ${faults} did not end as they should\n`);
process.exitCode = faults === 0 ? 0 : 1;

async function walk(page) {
  const cwd = join(folder, basename(page, '.md'));
  await makeData(cwd, page);
  const { blocks } = readMarkdown(readFileSync(join(root, page), 'utf8'));
  for (const { words } of blocks.flatMap(shellLines)) {
    const [program, ...argv] = words[0] === 'npx' ? words.slice(1) : words;
    if (!programs.has(program) || program === 'tensor-graph' || !hasInputs(argv, cwd)) continue;
    count++;
    const started = performance.now();
    const small = made(argv, cwd);
    const bin = join(root, 'packages', program, 'bin', `${program}.js`);
    const { status, stderr } = spawnSync(process.execPath, [bin, ...small], { cwd, encoding: 'utf8' });
    // A detector of one epoch has learnt nothing by heart, and overfit says so with code 2.
    const isFine = status === 0 || (argv[0] === 'overfit' && status === 2);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${isFine ? 'ok ' : 'BAD'} ${seconds.padStart(5)} s  ${program} ${small.join(' ')}\n`);
    if (isFine) continue;
    faults++;
    process.stderr.write(`${page}: exit code ${status}\n${stderr}\n`);
  }
}

// The names that the pages use: a devkit, photos with XML beside them (or in class folders), photos to look at.
async function makeData(cwd, page) {
  const devkit = join(cwd, 'VOCdevkit');
  mkdirSync(cwd, { recursive: true });
  await makeShapesDevkit({ folder: devkit, seed: 0, counts: { trainval: 24, test: 16 } });
  const year = join(devkit, 'VOC2007');
  const images = readdirSync(join(year, 'JPEGImages')).map((name) => join(year, 'JPEGImages', name));
  const copy = (files, to) => {
    mkdirSync(join(cwd, to), { recursive: true });
    for (const file of files) cpSync(file, join(cwd, to, basename(file)));
  };
  copy(images.slice(0, 2), 'new-photos');
  if (page.endsWith('own-data.md')) {
    cpSync(join(year, 'JPEGImages'), join(cwd, 'photos'), { recursive: true });
    cpSync(join(year, 'Annotations'), join(cwd, 'photos'), { recursive: true });
    return;
  }
  for (const [part, from, to] of [
    ['train', 0, 16],
    ['test', 16, 24],
  ]) {
    copy(images.slice(from, (from + to) / 2), join('photos', part, 'cat'));
    copy(images.slice((from + to) / 2, to), join('photos', part, 'dog'));
  }
}

// Detections of other tools are not there; everything else is made by the commands before.
function hasInputs(argv, cwd) {
  const detections = argv.indexOf('--detections');
  return detections < 0 || existsSync(join(cwd, argv[detections + 1]));
}

function made(argv, cwd) {
  const words = argv.map((word, i) => (argv[i - 1] === '--config' ? join(root, word) : word));
  if (!TRAININGS.has(argv[0])) return words;
  for (const [flag, value] of Object.entries(SMALL)) {
    const at = words.indexOf(flag);
    if (at < 0) words.push(flag, value);
    else words[at + 1] = value;
  }
  const backbone = words.indexOf('--backbone');
  if (backbone >= 0 && !existsSync(join(cwd, words[backbone + 1]))) {
    words[backbone + 1] = 'none';
    words.push('--model', 'resnet18');
  }
  return words;
}
