// docs/performance.md out of results/bench.json: only what was measured is in it.
// node scripts/bench/performance-page.mjs [FILE] prints the page of a result file.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exchangeLine } from './exchange-line.mjs';
import { filesLine } from './files-line.mjs';

const HEADINGS = {
  resnet50: 'ResNet-50, training step',
  cifar: 'Networks for 32x32 images, training step',
  retinanet: 'RetinaNet',
  'feature-mining': 'Feature Mining',
  loading: 'Loading data',
  training: 'Training from files',
  'all-reduce': 'On several processes',
  stock: 'Against stock tfjs-node',
  curves: 'How cost grows',
  'voc-eval': 'Evaluation',
  web: 'In the browser',
};

const INTRODUCTION = `# Performance

Written by \`npm run bench\` from \`results/bench.json\`; what was not run is not here. Each contender runs in a fresh process,
and contenders take turns (A B C A B C …) on the same machine in the same run. Fastest and median are over all timed steps of
all runs; peak RSS is the most memory that a process held. A ratio says how many times as fast the first contender is (above
1: it is faster), by the fastest and by the median step, and how much memory it takes (below 1: less). Times of different runs,
and of other machines, are not comparable; ratios are, roughly. Contenders run in their best known mode: channels_last,
bfloat16 by autocast, inference_mode, persistent worker processes.
`;

/** The page as Markdown. `rows` are those of results/bench.json, in their order; `groupOf` tells each one's group. */
export function performancePage(rows, groupOf) {
  const groups = new Map();
  for (const row of Object.values(rows)) {
    const group = groupOf(row.name);
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const parts = [...groups].map(([group, members]) =>
    [`## ${HEADINGS[group] ?? group}\n`, ...members.map(rowSection)].join('\n'),
  );
  return [INTRODUCTION, ...parts].join('\n');
}

function rowSection(row) {
  const { title, name, first, contenders, ratios, paired, unit } = row;
  const isTime = unit === 'seconds';
  const head = ['', isTime ? 'fastest' : 'images/s', 'median', `${first} is faster`, 'median', 'peak RSS', 'memory'];
  const lines = [`### ${title}\n`, tableLine(head), tableLine(['---', ...head.slice(1).map(() => '---:')])];
  for (const [contender, figures] of Object.entries(contenders)) {
    if (figures.error !== undefined) {
      lines.push(tableLine([contender, 'failed', '', '', '', '', '']));
      continue;
    }
    const ratio = ratios[contender];
    lines.push(
      tableLine([
        contender,
        isTime ? `${seconds(figures.fastestMs)} s` : speed(figures.imagesPerSecond),
        isTime ? `${seconds(figures.medianMs)} s` : speed(figures.medianImagesPerSecond),
        ratio ? `${ratio.byFastestStep}x` : '',
        ratio ? `${ratio.byMedianStep}x` : '',
        `${figures.peakRssMb} MB`,
        ratio ? `${ratio.peakRss}x` : '',
      ]),
    );
  }
  const files = filesLine(contenders);
  if (files !== undefined) lines.push(`\n${files}`);
  const exchange = exchangeLine(contenders);
  if (exchange !== undefined) lines.push(`\n${exchange}`);
  if (paired !== undefined && paired.error === undefined) {
    const { rounds, median, low, high } = paired;
    lines.push(
      `\nIn turn in one process, ${rounds} rounds: ${first} takes ${median}x the time (95 %: ${low} to ${high}).`,
    );
  }
  return `${lines.join('\n')}\n\n${provenance(name, row)}\n`;
}

function provenance(name, { machine, settings }) {
  const { processor, cores, memoryGb, system, node, commit, date } = machine;
  const { repetitions, steps, threads, loadBefore } = settings;
  const busy = loadBefore > 0.5 ? ` The machine was not idle before (load ${loadBefore}): times are rough.` : '';
  return (
    `\`npm run bench -- ${name}\`, ${date}, commit ${commit}: ${counted(repetitions, 'run')} of ${counted(steps, 'step')}, ${counted(threads, 'thread')}; ` +
    `${processor}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}.${busy}`
  );
}

function counted(count, what) {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function tableLine(cells) {
  return `| ${cells.join(' | ')} |`;
}

function speed(imagesPerSecond) {
  return imagesPerSecond.toFixed(imagesPerSecond < 100 ? 1 : 0);
}

function seconds(ms) {
  return (ms / 1000).toFixed(2);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { rows } = await import('./rows.mjs');
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  const { scriptFlags } = await import('../script-flags.mjs');
  const { z } = await import('zod');
  const { file: path } = await scriptFlags({
    summary: 'Prints docs/performance.md out of a file of results',
    words: { key: 'file', describe: '[FILE]' },
    flags: {
      file: z
        .string()
        .default(join(root, 'results', 'bench.json'))
        .describe('File of npm run bench'),
    },
  });
  if (!existsSync(path)) {
    process.stderr.write(`bench: ${path}: there is no such file. Run npm run bench first.\n`);
    process.exit(2);
  }
  const groups = new Map(rows.map(({ name, group }) => [name, group]));
  process.stdout.write(
    performancePage(JSON.parse(readFileSync(path, 'utf8')).rows, (name) => groups.get(name) ?? name),
  );
}
