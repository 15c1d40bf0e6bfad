// npm run docs:figures [-- --check]: docs/images/feature-mining.svg, with boxes drawn by the code that training uses.
// With --check nothing is written, and a figure that the code would draw in another way makes the exit code 1.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boxMask, complementaryRows, drawMiningBox } from '@featuremine/backbone-pretrain';
import { Random } from '@featuremine/random';
import { z } from 'zod';
import { scriptFlags } from '../script-flags.mjs';

const values = await scriptFlags({
  summary: 'docs/images/feature-mining.svg out of the code',
  examples: ['npm run docs:figures', 'npm run docs:figures -- --check'],
  flags: { check: z.boolean().default(false).describe('Writes nothing; exit code 1 where something would change') },
});
const path = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'images', 'feature-mining.svg');
const WIDTH = 880;
const SEED = 0;
/** The mined stages of a ResNet at 224 px, the last first. */
const STAGES = [
  { name: 'layer4', side: 7 },
  { name: 'layer3', side: 14 },
];
const DRAWS = 8;

const text = (x, y, content, kind = 'text') => `<text class="${kind}" x="${x}" y="${y}">${content}</text>`;
const arrow = (x1, y1, x2, y2) => `<path class="arrow" d="M${x1} ${y1} L${x2} ${y2}" marker-end="url(#head)"/>`;

/** A map of cells: `kindOf` gives the class of the cell at an index; neighbours of one kind in a row are one rectangle. */
function grid({ x, y, sizePx, side, kindOf }) {
  const cell = sizePx / side;
  const parts = [];
  for (let row = 0; row < side; row++) {
    for (let start = 0, end; start < side; start = end) {
      const kind = kindOf(row * side + start);
      for (end = start + 1; end < side && kindOf(row * side + end) === kind; end++);
      const at = `x="${round(x + start * cell)}" y="${round(y + row * cell)}"`;
      parts.push(`<rect class="${kind}" ${at} width="${round((end - start) * cell)}" height="${round(cell)}"/>`);
    }
  }
  const lines = Array.from({ length: side + 1 }, (_, i) => {
    const at = round(i * cell);
    return `M${x} ${round(y + at)}h${sizePx}M${round(x + at)} ${y}v${sizePx}`;
  });
  return `${parts.join('')}<path class="lines" d="${lines.join('')}"/>`;
}

const round = (value) => Number(value.toFixed(2));

/** The mask that a step draws for a stage, as `featureMining` draws it. */
function maskOf({ name, side }, step) {
  const size = { height: side, width: side };
  return boxMask(size, drawMiningBox(size, Random.of(SEED, 'feature-mining', name, step)));
}

function flow() {
  const [stage] = STAGES;
  const mask = maskOf(stage, stepWithLargeBox(stage));
  const parts = [
    { y: 20, label: 'X ⊙ M', kindOf: (i) => (mask[i] === 1 ? 'inside' : 'gone'), head: 'head 1' },
    { y: 118, label: 'X', kindOf: (i) => (mask[i] === 1 ? 'inside' : 'outside'), head: 'classifier' },
    { y: 216, label: 'X ⊙ (1 − M)', kindOf: (i) => (mask[i] === 1 ? 'gone' : 'outside'), head: 'head 2' },
  ];
  const rows = parts.map(({ y, label, kindOf, head }) => {
    const middle = y + 42;
    return [
      arrow(190, 160, 262, middle),
      grid({ x: 270, y, sizePx: 84, side: stage.side, kindOf }),
      text(366, middle + 4, label),
      arrow(458, middle, 510, middle),
      text(518, middle + 4, 'mean of all cells'),
      arrow(640, middle, 672, middle),
      text(680, middle + 4, head),
      arrow(756, middle, 806, middle + (160 - middle) * 0.8),
    ].join('');
  });
  const input = grid({
    x: 60,
    y: 100,
    sizePx: 120,
    side: stage.side,
    kindOf: (i) => (mask[i] === 1 ? 'inside' : 'outside'),
  });
  const caption = text(60, 90, 'map X [7, 7, C], box M') + text(814, 156, 'sum of') + text(814, 174, 'losses');
  return input + rows.join('') + caption;
}

function stepWithLargeBox(stage) {
  for (let step = 0; ; step++) {
    const cells = maskOf(stage, step).reduce((sum, value) => sum + value, 0);
    if (cells >= 14 && cells <= 22) return step;
  }
}

function draws(top) {
  const rows = STAGES.map((stage, row) => {
    const y = top + row * 110;
    const maps = Array.from({ length: DRAWS }, (_, step) => {
      const mask = maskOf(stage, step);
      const rowsOfPooling = complementaryRows(mask);
      const share = rowsOfPooling.slice(0, mask.length).reduce((sum, value) => sum + value, 0);
      const x = 130 + step * 92;
      const map = grid({ x, y, sizePx: 76, side: stage.side, kindOf: (i) => (mask[i] === 1 ? 'inside' : 'outside') });
      return map + text(x, y + 92, `${Math.round(100 * share)} %`, 'small');
    });
    return text(20, y + 36, stage.name) + text(20, y + 54, `${stage.side} x ${stage.side}`, 'small') + maps.join('');
  });
  const steps = Array.from({ length: DRAWS }, (_, step) => text(130 + step * 92, top - 8, `step ${step}`, 'small'));
  return steps.join('') + rows.join('');
}

const height = 580;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Feature Mining: the map, its part inside and its part outside of a random box are pooled and classified; below, the boxes of eight steps.">
<style>
.text{font:14px system-ui,sans-serif;fill:#1f2328}.small{font:12px system-ui,sans-serif;fill:#57606a}
.inside{fill:#d55e00}.outside{fill:#0072b2}.gone{fill:#eaeef2}
.lines{stroke:#fff;stroke-width:1;fill:none}.arrow{stroke:#57606a;stroke-width:1.5;fill:none}.head{fill:#57606a}
@media(prefers-color-scheme:dark){.text{fill:#e6edf3}.small{fill:#9da7b3}.lines{stroke:#0d1117}.gone{fill:#30363d}.arrow{stroke:#9da7b3}.head{fill:#9da7b3}}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>
${flow()}
${draws(358)}
</svg>
`;

if (existsSync(path) && readFileSync(path, 'utf8') === svg)
  process.stdout.write('docs/images/feature-mining.svg is up to date\n');
else if (values.check) {
  process.stderr.write('docs/images/feature-mining.svg is not what the code draws: run npm run docs:figures\n');
  process.exitCode = 1;
} else {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, svg);
  process.stdout.write('docs/images/feature-mining.svg written\n');
}
