import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** The commands that train. */
export type Program = 'backbone-pretrain' | 'retinanet';

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in a process of its own. */
export interface CliProcess {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/** How `startCli` starts a process. */
export interface StartOptions {
  /** User and group, where the caller may change them. */
  readonly uid?: number;
  /** Words in front of the program, such as a shell that limits it. */
  readonly before?: readonly string[];
  /** Flags of node. */
  readonly nodeFlags?: readonly string[];
}

/** True when the packages are built: processes run the built files. */
export const isBuilt = existsSync(join(ROOT, 'packages/retinanet/dist/cli.js'));

/** Starts `program argv…` on the built files. */
export function startCli(program: Program, argv: readonly string[], options: StartOptions = {}): CliProcess {
  const { uid, before = [], nodeFlags = [] } = options;
  const bin = join(ROOT, 'packages', program, 'bin', `${program}.js`);
  const [file, ...words] = [...before, process.execPath, ...nodeFlags, bin, ...argv] as [string, ...string[]];
  const child = spawn(file, words, { cwd: '/', ...(uid === undefined ? {} : { uid, gid: uid }) });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (part: Buffer) => (text[name] += part.toString()));
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  return { pid: child.pid ?? 0, ended, kill: (signal) => void child.kill(signal) };
}

/** Flags as words: `{ 'batch-size': 2 }` is `--batch-size 2`. */
export function flagWords(flags: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
}

/** Waits until a run folder has so many lines of metrics, or the process has ended. */
export async function untilMetrics(run: string, lines: number, { ended }: CliProcess): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver && metricsText(run).split('\n').length - 1 < lines) await pause(5);
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function metricsText(run: string): string {
  const path = join(run, 'metrics.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
