import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli';

/** What one command line gave. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `voc-eval` in this process. */
export async function vocEval(...argv: readonly string[]): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const before = process.exitCode;
  const code = await main(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  process.exitCode = before;
  return { code, stdout, stderr };
}

/** The object that a command prints with --json; fails when it printed anything else. */
export async function vocEvalJson<T>(...argv: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await vocEval(...argv, '--json');
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** A new empty folder. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'voc-eval-'));
}
