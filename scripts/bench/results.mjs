// results/bench.json, results/bench.txt and docs/performance.md: a row that is measured again replaces its old figures.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { performancePage } from './performance-page.mjs';
import { rows } from './rows.mjs';
import { tableOf } from './summary.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = join(root, 'results');
const groups = new Map(rows.map(({ name, group }) => [name, group]));

/** Puts one row's summary into the result files. */
export function mergeResults(summary) {
  const path = join(folder, 'bench.json');
  const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rows : {};
  const merged = { ...known, [summary.name]: summary };
  const order = rows.map(({ name }) => name).filter((name) => Object.hasOwn(merged, name));
  mkdirSync(folder, { recursive: true });
  const ordered = Object.fromEntries(order.map((name) => [name, merged[name]]));
  write(path, `${JSON.stringify({ rows: ordered }, null, 2)}\n`);
  const text = order.map((name) => {
    const { machine, settings } = merged[name];
    const { processor, cores, memoryGb, commit, date } = machine;
    const on = `  ${date}, ${commit}, ${processor}, ${cores} cores, ${memoryGb} GB, ${settings.threads} threads`;
    return `${tableOf([merged[name]]).trimEnd()}\n${on}; ${settings.repetitions} runs of ${settings.steps} steps\n`;
  });
  write(join(folder, 'bench.txt'), text.join('\n'));
  write(
    join(root, 'docs', 'performance.md'),
    performancePage(ordered, (name) => groups.get(name)),
  );
}

function write(path, content) {
  writeFileSync(`${path}.tmp`, content);
  renameSync(`${path}.tmp`, path);
}
