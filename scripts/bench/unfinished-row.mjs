// The runs of a row that is not finished: kept after each of them, so that a bench that was killed goes on where it was.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '@featuremine/files';
import { busierOf } from './idle.mjs';

/**
 * The runs of one row in `folder`. What is there is taken when `key` is the same, which says by what and how it was measured.
 */
export class UnfinishedRow {
  constructor({ folder, name, key, contenders, machineBefore }) {
    this.path = join(folder, `${name}.json`);
    this.key = JSON.stringify(key);
    const kept = existsSync(this.path) ? JSON.parse(readFileSync(this.path, 'utf8')) : undefined;
    const isSame = kept?.key === this.key;
    this.runs = isSame ? kept.runs : Object.fromEntries(contenders.map((contender) => [contender, []]));
    this.machineBefore = isSame ? busierOf(kept.machineBefore, machineBefore) : machineBefore;
  }

  /** The run of that repetition, if it was done. */
  run(contender, repetition) {
    return this.runs[contender][repetition] ?? undefined;
  }

  /** Keeps a run; one that failed is not kept, to be done again. */
  keep(contender, repetition, run) {
    if (run.error !== undefined) return;
    this.runs[contender][repetition] = run;
    const { key, runs, machineBefore, path } = this;
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileAtomic(path, JSON.stringify({ key, machineBefore, runs }));
  }

  /** Forgets them. */
  remove() {
    rmSync(this.path, { force: true });
  }
}
