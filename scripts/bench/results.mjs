// results/bench.json, results/bench.txt and docs/performance.md: a row that is measured again replaces its old figures, where
// the merge rule allows it.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '@featuremine/files';
import { useInWords } from './idle.mjs';
import { reasonAgainst } from './merge-rule.mjs';
import { performancePage } from './performance-page.mjs';
import { rows } from './rows.mjs';
import { tableOf } from './summary.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The files of results: the project's, or all three in a folder of one's own; `known` are the rows that there are. */
export class ResultFiles {
  constructor(folder, known = rows) {
    this.folder = folder ?? join(root, 'results');
    this.page = join(folder ?? join(root, 'docs'), 'performance.md');
    this.groups = new Map(known.map(({ name, group }) => [name, group]));
  }

  /** Puts one row's summary into the files; gives the reason if it must not replace the figures that are there. */
  merge(summary, isForced) {
    const path = join(this.folder, 'bench.json');
    const old = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rows : {};
    const reason = reasonAgainst(summary, old[summary.name], isForced);
    if (reason === undefined) this.write({ ...old, [summary.name]: summary });
    return reason;
  }

  /** Writes all files out of the summaries of rows, by name, in the order of the bench's rows. */
  write(summaries) {
    const names = [...this.groups.keys()].filter((name) => Object.hasOwn(summaries, name));
    const ordered = Object.fromEntries(names.map((name) => [name, summaries[name]]));
    mkdirSync(this.folder, { recursive: true });
    writeFileAtomic(join(this.folder, 'bench.json'), `${JSON.stringify({ rows: ordered }, null, 2)}\n`);
    writeFileAtomic(join(this.folder, 'bench.txt'), Object.values(ordered).map(rowText).join('\n'));
    writeFileAtomic(
      this.page,
      performancePage(ordered, (name) => this.groups.get(name)),
    );
  }
}

function rowText(row) {
  const { machine, machineBefore, settings } = row;
  const { processor, cores, memoryGb, commit, date } = machine;
  const on = `  ${date}, ${commit}, ${processor}, ${cores} cores, ${memoryGb} GB, ${settings.threads} threads`;
  return `${tableOf([row]).trimEnd()}\n${on}; ${settings.repetitions} runs of ${settings.steps} steps; before: ${useInWords(machineBefore)}\n`;
}
