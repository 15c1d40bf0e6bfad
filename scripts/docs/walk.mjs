// npm run docs:walk [-- PAGE.md…]: runs the commands of the documents in their order, on drawn shapes, each page in a folder of
// its own. Trainings are made small: one epoch, small images, a small network. What is not run is printed with the reason.
// Exits with 1 when a command does not end as it should.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scriptFlags } from '../script-flags.mjs';
import { readMarkdown } from './markdown.mjs';
import { shellLines } from './shell-lines.mjs';
import { lackingRuns, makeData, RunMaker } from './walk-data.mjs';
import { commandOf, madeSmall } from './walk-plan.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const GUIDES =
  'own-data pretraining fine-tuning evaluation export data command-line recipes feature-mining paper distributed';
const READMES = 'backbone-pretrain retinanet voc-eval web-demo tensor-graph';
const PAGES = [
  'README.md',
  ...['quickstart', ...GUIDES.split(' ')].map((name) => `docs/${name}.md`),
  ...READMES.split(' ').map((name) => `packages/${name}/README.md`),
];

const { pages, list } = await scriptFlags({
  summary: 'Runs the commands of documents in small, on drawn shapes',
  examples: ['npm run docs:walk', 'npm run docs:walk -- docs/own-data.md', 'npm run docs:walk -- --list'],
  words: { key: 'pages', describe: '[PAGE]', isArray: true },
  flags: {
    list: z.boolean().default(false).describe('Only prints what would be run and what not'),
    pages: z.array(z.string()).default(PAGES).describe('Documents, from the root of the repository'),
  },
});
const folder = mkdtempSync(join(tmpdir(), 'docs-walk-'));
const runs = new RunMaker(join(folder, 'made'));
const counts = { run: 0, skipped: 0, faults: 0 };
try {
  for (const page of pages) await walk(page);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(
  `${counts.run} commands were ${list ? 'found' : 'run'}, ${counts.faults} did not end as they should, ${counts.skipped} were left out\n`,
);
process.exitCode = counts.faults === 0 ? 0 : 1;

async function walk(page) {
  const cwd = join(folder, page.replace(/\W/g, '-'));
  if (!list) await makeData(cwd);
  const { blocks } = readMarkdown(readFileSync(join(root, page), 'utf8'));
  for (const { words } of blocks.flatMap(shellLines)) {
    const command = commandOf(words);
    if (command === undefined) continue;
    if (command.reason !== undefined) {
      counts.skipped++;
      process.stdout.write(`left out (${command.reason})  ${words.join(' ')}\n`);
    } else if (list) {
      counts.run++;
      process.stdout.write(`${words.join(' ')}\n`);
    } else await run(page, command, cwd);
  }
}

async function run(page, { program, file, argv }, cwd) {
  for (const lacking of lackingRuns(program, argv, cwd)) await runs.give(program, lacking);
  const started = performance.now();
  const small = madeSmall(program, argv, cwd);
  const { status, stderr } = spawnSync(process.execPath, [join(root, file), ...small], { cwd, encoding: 'utf8' });
  // A detector of one epoch has learnt nothing by heart, and overfit says so with code 2.
  const isFine = status === 0 || (argv[0] === 'overfit' && status === 2);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${isFine ? 'ok ' : 'BAD'} ${seconds.padStart(5)} s  ${program} ${small.join(' ')}\n`);
  counts.run++;
  if (isFine) return;
  counts.faults++;
  process.stderr.write(`${page}: exit code ${status}\n${stderr}\n`);
}
