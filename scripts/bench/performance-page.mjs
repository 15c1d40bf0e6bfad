// docs/performance.md out of results/bench.json: only what was measured is in it.
// node scripts/bench/performance-page.mjs [FILE] prints the page of a result file.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exchangeLine } from './exchange-line.mjs';
import { filesLine } from './files-line.mjs';
import { growthCells, growthLine } from './growth.mjs';
import { isBusy, useInWords } from './idle.mjs';
import { modesLines } from './modes-lines.mjs';
import { comparedCells } from './summary.mjs';

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
and contenders take turns, forth and back (A B C C B A …), on the same machine in the same run. Fastest and median are over
all timed steps of all runs; peak RSS is the most memory that a contender held. A ratio says how many times as fast the first
contender is (above 1: it is faster), by the fastest and by the median step, and how much memory it takes (below 1: less).
Times of different runs, and of other machines, are not comparable; ratios are, roughly. The bench waits until nothing else
uses the machine; where it did not become idle, the line below the table says so, and figures of an idle machine are not
replaced by such ones. Contenders run in their best known mode: channels_last, bfloat16 by autocast, inference_mode,
persistent worker processes. torch.compile, and PIL for JPEG files, are further modes: they run twice, and as often as the
others where they were the faster mode by then; below the table stands which it was.
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
  const { title, name, first, contenders, paired, note, curve } = row;
  const [head, ...points] = curve === undefined ? comparedTable(row) : growthCells(row);
  const lines = [`### ${title}\n`, tableLine(head), tableLine(['---', ...head.slice(1).map(() => '---:')])];
  lines.push(...points.map(tableLine));
  if (curve !== undefined) lines.push(`\n${growthLine(curve)}`);
  const files = filesLine(contenders);
  if (files !== undefined) lines.push(`\n${files}`);
  const exchange = exchangeLine(contenders);
  if (exchange !== undefined) lines.push(`\n${exchange}`);
  if (paired !== undefined && paired.error === undefined) {
    const { rounds, median, low, high } = paired;
    lines.push(
      `\nIn turn in one process, ${rounds} rounds: ${first} takes ${median.toFixed(3)}x the time (95 %: ${low} to ${high}).`,
    );
  }
  for (const line of [...modesLines(row), note]) if (line !== undefined) lines.push(`\n${line}`);
  return `${lines.join('\n')}\n\n${provenance(name, row)}\n`;
}

function comparedTable({ first, contenders, ratios, unit }) {
  const isTime = unit === 'seconds';
  const head = ['', isTime ? 'fastest' : 'images/s', 'median', `${first} is faster`, 'median', 'peak RSS', 'memory'];
  const lines = Object.entries(contenders).map(([contender, figures]) => {
    if (figures.error !== undefined) return [contender, 'failed', '', '', '', '', ''];
    const [byFastest, byMedian, memory] = comparedCells(figures, ratios[contender]);
    return [
      contender,
      isTime ? `${seconds(figures.fastestMs)} s` : speed(figures.imagesPerSecond),
      isTime ? `${seconds(figures.medianMs)} s` : speed(figures.medianImagesPerSecond),
      ...[byFastest, byMedian, figures.isLimit ? '' : `${figures.peakRssMb} MB`, memory],
    ];
  });
  return [head, ...lines];
}

function provenance(name, { machine, machineBefore, settings }) {
  const { repetitions, steps, threads } = settings;
  const runs = `${counted(repetitions, 'run')} of ${counted(steps, 'step')}, ${counted(threads, 'thread')}`;
  return (
    `\`npm run bench -- ${commandWords(name, settings)}\`, ${machine.date}, commit ${machine.commit}${machine.hasLocalChanges ? ' with changes' : ''}: ` +
    `${runs}; ${machineInWords(machine, settings)}. ${useBefore(machineBefore)}`
  );
}

function commandWords(name, { device }) {
  return device === 'gpu' ? `${name.replace(/-gpu$/, '')} --device gpu` : name;
}

function machineInWords(
  { processor, instructions = [], cores, memoryGb, system, gpus, node, ...software },
  { device },
) {
  const parts = [[processor, ...instructions].join(' '), `${cores} cores`, `${memoryGb} GB`, system, `Node ${node}`];
  const first = device === 'gpu' ? gpus : [];
  const { tensorflow, kernels } = software;
  const tensorflowWords = tensorflow === undefined ? [] : [`TensorFlow ${tensorflow}`];
  return [...first, ...parts, ...tensorflowWords, ...(kernels === undefined ? [] : [`${kernels} kernels`])].join(', ');
}

function useBefore(machineBefore) {
  const use = useInWords(machineBefore);
  const order = machineBefore.load === undefined ? '' : ' Contenders ran in the same order each time.';
  return isBusy(machineBefore)
    ? `The machine was not idle before (${use}): times are rough.${order}`
    : `The machine was idle before (${use}).${order}`;
}

function counted(count, what) {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function tableLine(cells) {
  return `| ${cells.join(' | ')} |`;
}

// Three digits.
function speed(imagesPerSecond) {
  return imagesPerSecond < 100 ? imagesPerSecond.toPrecision(3) : imagesPerSecond.toFixed(0);
}

function seconds(ms) {
  return (ms / 1000).toFixed(2);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { rows } = await import('./rows.mjs');
  const { scriptFlags } = await import('../script-flags.mjs');
  const { z } = await import('zod');
  const { file: path } = await scriptFlags({
    summary: 'Prints docs/performance.md out of a file of results',
    words: { key: 'file', describe: '[FILE]' },
    flags: {
      file: z.string().default('results/bench.json').describe('File of npm run bench'),
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
