// Trainings of many hours, in parts: what is finished is kept in one file of results/, which is committed; where the run
// folders are gone, they are written from it, and what stands there with the same options is not trained again. Only
// results are kept, no weights.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@featuremine/files';
import { hasEnded } from '@featuremine/training';
import { machine } from '../bench/machine.mjs';

/** Options that say where and how a training ran, not what. */
const LOCAL_OPTIONS = ['data', 'out', 'workers', 'threads'];
/** What is kept of a run folder, by key; those that not every run has are left out where they are missing. */
const RUN_FILES = {
  ...{ config: 'config.json', summary: 'summary.json', data: 'data.json' },
  ...Object.fromEntries([2, 4, 5].map((number) => [`figure${number}`, `figure-${number}.json`])),
};
const POLL_MS = 5000;

/**
 * The trainings in `<folder>/<name>/seed-<n>`, as `file` keeps them with the machine, commit and day of each; `others` are
 * files in the folder that are kept with them.
 */
export class KeptRuns {
  constructor({ file, folder, others = [] }) {
    Object.assign(this, { file, folder, others });
    this.text = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
    this.known = { rows: {}, files: {}, ...JSON.parse(this.text) };
  }

  /** Writes what is known into run folders that are not there. */
  unpack() {
    for (const [name, row] of Object.entries(this.known.rows)) {
      const run = join(this.folder, name);
      if (existsSync(join(run, 'config.json'))) continue;
      mkdirSync(run, { recursive: true });
      for (const [key, path] of Object.entries(RUN_FILES)) {
        if (row[key] !== undefined) writeFileAtomic(join(run, path), JSON.stringify(row[key]));
      }
    }
    for (const [name, { content }] of Object.entries(this.known.files)) {
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      if (!existsSync(path)) writeFileAtomic(path, JSON.stringify(content));
    }
  }

  /** Keeps what is finished, one training a line; what is known stays with its machine and day. */
  pack() {
    const { rows, files } = this.known;
    for (const name of this.finishedRuns()) rows[name] = withMachine(rows[name], this.read(name));
    for (const name of this.others.filter((other) => existsSync(join(this.folder, other)))) {
      files[name] = withMachine(files[name], { content: readJson(join(this.folder, name)) });
    }
    const lines = (object) =>
      Object.keys(object)
        .sort()
        .map((key) => `${JSON.stringify(key)}: ${JSON.stringify(object[key])}`)
        .join(',\n');
    const text = `{"rows": {\n${lines(rows)}\n}, "files": {\n${lines(files)}\n}}\n`;
    if (text === this.text) return;
    writeFileAtomic(this.file, text);
    this.text = text;
  }

  finishedRuns() {
    const list = (path) => {
      const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    };
    return list(this.folder)
      .flatMap((name) => list(join(this.folder, name)).map((seed) => `${name}/${seed}`))
      .filter((name) => /\/seed-\d+$/.test(name) && existsSync(join(this.folder, name, 'summary.json')))
      .filter((name) => hasEnded(readJson(join(this.folder, name, 'summary.json'))));
  }

  read(name) {
    const found = Object.entries(RUN_FILES)
      .map(([key, path]) => [key, join(this.folder, name, path)])
      .filter(([, path]) => existsSync(path));
    const { config, ...others } = Object.fromEntries(found.map(([key, path]) => [key, readJson(path)]));
    const options = Object.entries(config).filter(([key]) => !LOCAL_OPTIONS.includes(key));
    return { config: Object.fromEntries(options), ...others };
  }
}

/**
 * Runs a program of this repository in a process of its own, and keeps each training as soon as it has ended. A first SIGINT
 * or SIGTERM tells the program to end in order, which is waited for. Returns its exit code.
 */
export async function runKept(kept, words) {
  kept.unpack();
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  let isStopping = false;
  const stop = () => {
    if (!isStopping) child.kill('SIGINT');
    isStopping = true;
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const timer = setInterval(() => kept.pack(), POLL_MS);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
    });
  } finally {
    clearInterval(timer);
    kept.pack();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function withMachine(known, found) {
  const { machine: before, ...content } = known ?? {};
  return { machine: JSON.stringify(content) === JSON.stringify(found) ? before : machine(), ...found };
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
