import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { writeFileAtomic } from './atomic-file';
import { acquireLock } from './process-lock';
import type { ProcessLock } from './process-lock';
import { RunFolderError, fileFault } from './run-folder-error';
import type { Summary } from './summary';

/** Options of `RunFolder.open`. */
export interface RunFolderOptions {
  readonly path: string;
  /** True goes on with the run in the folder; false refuses a folder that holds one. */
  readonly resume: boolean;
  /** All resolved options of the command; goes to config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly log: Logger;
}

/** What a folder that was trained into holds; config.json alone may be left by a run that failed before its start. */
const traces = ['metrics.jsonl', 'summary.json', 'weights.safetensors', 'checkpoint'];

/**
 * The folder of a training run: config.json, metrics.jsonl, summary.json, weights.safetensors (best), checkpoint/,
 * tensorboard/. One process at a time: the file run.lock names it until `close`.
 */
export class RunFolder {
  readonly path: string;
  /** True if the folder was opened to go on with what is in it. */
  readonly isResuming: boolean;
  /** All resolved options of the command. */
  readonly config: Readonly<Record<string, unknown>>;
  private readonly lock: ProcessLock;
  private readonly onExit = (): void => this.close();

  private constructor(options: RunFolderOptions, lock: ProcessLock) {
    this.path = options.path;
    this.isResuming = options.resume;
    this.config = options.config;
    this.lock = lock;
    process.once('exit', this.onExit);
  }

  /**
   * Makes or reopens a run folder.
   *
   * @throws RunFolderError if it holds a run and `resume` is false, if another process has it, or if it cannot be
   * written.
   */
  static open(options: RunFolderOptions): RunFolder {
    const { path, resume, log } = options;
    if (!resume) refuseRun(path);
    try {
      mkdirSync(path, { recursive: true });
    } catch (cause) {
      throw fileFault(path, cause);
    }
    const lock = acquireLock(join(path, 'run.lock'));
    try {
      if (!resume) refuseRun(path);
      if (lock.wasTakenOver) log.warn(`${path}: the lock of a process that is dead was taken over`);
      removeLeftovers(path);
      mkdirSync(join(path, 'checkpoint'), { recursive: true });
      mkdirSync(join(path, 'tensorboard'), { recursive: true });
      writeFileAtomic(join(path, 'config.json'), `${JSON.stringify(options.config, null, 2)}\n`);
    } catch (error) {
      lock.release();
      throw error instanceof RunFolderError ? error : fileFault(path, error);
    }
    return new RunFolder(options, lock);
  }

  /** The best weights. */
  get weightsPath(): string {
    return join(this.path, 'weights.safetensors');
  }

  get checkpointFolder(): string {
    return join(this.path, 'checkpoint');
  }

  get tensorboardFolder(): string {
    return join(this.path, 'tensorboard');
  }

  get metricsPath(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** Replaces summary.json. @throws RunFolderError */
  writeSummary(summary: Summary): void {
    writeFileAtomic(join(this.path, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  }

  /** Replaces another JSON file of the folder. @throws RunFolderError */
  writeJson(name: string, value: unknown): void {
    writeFileAtomic(join(this.path, name), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Releases the lock. Safe to call twice. */
  close(): void {
    process.removeListener('exit', this.onExit);
    this.lock.release();
  }
}

/**
 * The resolved options of the run in a folder, for commands that use its weights.
 *
 * @throws RunFolderError if there is no run, or its config.json is damaged.
 */
export function readRunConfig(path: string): Record<string, unknown> {
  const file = join(path, 'config.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw fileFault(file, cause);
    const expected = 'a run folder, as train --out writes it';
    throw new RunFolderError({ where: path, found: 'no config.json', expected, fix: 'Check the path' }, { cause });
  }
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Named below.
  }
  throw new RunFolderError({ where: file, found: 'no JSON object', fix: 'The file is damaged: restore it' });
}

function refuseRun(path: string): void {
  const found = traces.find((name) => {
    const trace = join(path, name);
    return name === 'checkpoint' ? existsSync(trace) && readdirSync(trace).length > 0 : existsSync(trace);
  });
  if (found === undefined) return;
  throw new RunFolderError({
    where: path,
    found: `the folder already holds a run (${found})`,
    fix: 'Add --resume to go on with it, or choose another folder with --out',
  });
}

// What a killed process left half written. The lock is held: nobody else writes here.
function removeLeftovers(path: string): void {
  for (const folder of [path, join(path, 'checkpoint')]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      if (name.endsWith('.tmp')) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}
