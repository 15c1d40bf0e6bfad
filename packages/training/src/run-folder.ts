import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { UserError, parseJson } from '@featuremine/errors';
import { acquireLock, flushFolder, readPlainFile } from '@featuremine/files';
import type { LockHolder, ProcessLock } from '@featuremine/files';
import { writeRunFile } from './run-files';
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

const maxConfigBytes = 4 * 1024 * 1024;

/**
 * The folder of a training run: config.json, metrics.jsonl, summary.json, weights.safetensors (best), checkpoint/,
 * tensorboard/. One process at a time: the file run.lock names it until `close`.
 */
export class RunFolder {
  readonly path: string;
  /** True if the folder was opened to go on with what is in it. */
  readonly isResuming: boolean;
  /** All resolved options of the command, but whether it resumes or is a dry run. */
  readonly config: Readonly<Record<string, unknown>>;
  /** False on the ranks of a job that leave writing to rank 0. */
  readonly isWriting: boolean;
  private readonly lock: ProcessLock | undefined;
  private readonly onExit = (): void => this.close();

  private constructor(options: RunFolderOptions, lock: ProcessLock | undefined) {
    this.path = options.path;
    this.isResuming = options.resume;
    this.config = Object.fromEntries(
      Object.entries(options.config).filter(([key]) => !['resume', 'dryRun'].includes(key)),
    );
    this.isWriting = lock !== undefined;
    this.lock = lock;
    if (this.isWriting) process.once('exit', this.onExit);
  }

  /**
   * Makes or reopens a run folder. Nothing that a run left in it is changed yet. With `dryRun` in the config, the
   * folder is neither made nor locked.
   *
   * @throws RunFolderError if it holds a run and `resume` is false, if another process has it, or if it cannot be
   * written.
   */
  static open(options: RunFolderOptions): RunFolder {
    const { path, resume, log } = options;
    if (!resume) refuseRun(path);
    if (options.config['dryRun'] === true) return RunFolder.follow(options);
    makeFolder(path);
    const lock = lockFolder(join(path, 'run.lock'));
    try {
      if (!resume) refuseRun(path);
      if (lock.wasTakenOver) log.warn(`${path}: the lock of a process that is dead was taken over`);
      removeLeftovers(path);
      mkdirSync(join(path, 'checkpoint'), { recursive: true });
      mkdirSync(join(path, 'tensorboard'), { recursive: true });
      flushFolder(path);
    } catch (error) {
      lock.release();
      throw error instanceof RunFolderError ? error : fileFault(path, error);
    }
    return new RunFolder(options, lock);
  }

  /** The folder of a run that another process writes: nothing in it is looked at or changed. */
  static follow(options: RunFolderOptions): RunFolder {
    return new RunFolder(options, undefined);
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

  /** Replaces config.json, when it is certain that the run goes on with these options. @throws RunFolderError */
  writeConfig(): void {
    this.writeJson('config.json', this.config);
  }

  /** Replaces summary.json. @throws RunFolderError */
  writeSummary(summary: Summary): void {
    this.writeJson('summary.json', summary);
  }

  /** Replaces a JSON file of the folder, unless another process writes it. @throws RunFolderError */
  writeJson(name: string, value: unknown): void {
    if (!this.isWriting) return;
    writeRunFile(join(this.path, name), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Releases the lock. Safe to call twice. */
  close(): void {
    process.removeListener('exit', this.onExit);
    this.lock?.release();
  }
}

/**
 * The resolved options of the run in a folder, for commands that use its weights.
 *
 * @throws RunFolderError if there is no run, or its config.json is damaged.
 */
export function readRunConfig(path: string): Record<string, unknown> {
  const config = readStoredConfig(path);
  if (config !== undefined) return config;
  const expected = 'a run folder, as train --out writes it';
  throw new RunFolderError({ where: path, found: 'no config.json', expected, fix: 'Check the path' });
}

/** As `readRunConfig`, but undefined if there is no config.json. @throws RunFolderError if it is damaged */
export function readStoredConfig(path: string): Record<string, unknown> | undefined {
  const file = join(path, 'config.json');
  let text: string;
  try {
    text = readPlainFile(file, maxConfigBytes).toString('utf8');
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(file, cause);
  }
  try {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Named below.
  }
  throw new RunFolderError({ where: file, found: 'no JSON object', fix: 'The file is damaged: restore it' });
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw fileFault(path, (cause as NodeJS.ErrnoException).code === 'ENOENT' ? causeOf(path, cause) : cause);
  }
}

// On a read-only file system, Node says of several folders at once that they are not there; of one it says why.
function causeOf(path: string, known: unknown): unknown {
  let first = resolve(path);
  while (!existsSync(dirname(first))) first = dirname(first);
  try {
    mkdirSync(first);
    return known;
  } catch (cause) {
    return cause;
  }
}

function lockFolder(path: string): ProcessLock {
  try {
    return acquireLock(path, (holder) => heldBy(path, holder));
  } catch (error) {
    throw error instanceof UserError ? error : fileFault(path, error);
  }
}

function heldBy(path: string, { pid, host, isHere }: LockHolder): RunFolderError {
  return new RunFolderError({
    where: path,
    found: `process ${pid}${isHere ? '' : ` on ${host}`} is using this run folder`,
    fix: isHere
      ? 'Wait for it, stop it, or choose another folder'
      : `If it no longer runs there, delete ${path}, else choose another folder`,
  });
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
