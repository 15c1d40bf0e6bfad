import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(__dirname, '../../../..');

/** MPICH's mpirun: $MPIRUN, or the one on the PATH. */
export const mpirun = [
  process.env['MPIRUN'],
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'mpirun')),
].find((file) => file !== undefined && existsSync(file));

const isBuilt = existsSync(join(root, 'packages/retinanet/dist/cli.js'));

/** `describe` where MPI is there and the packages are built, else `describe.skip`, with the reason. */
export function describeMpi(name: string, tests: () => void): void {
  const missing = mpirun === undefined ? 'no mpirun here (Debian: apt-get install mpich)' : 'build first';
  if (mpirun !== undefined && isBuilt) describe(name, tests);
  else {
    process.stderr.write(`skipped: ${name}: ${missing}\n`);
    describe.skip(name, tests);
  }
}

/** What a job printed and how it ended. */
export interface JobResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts node with these arguments on so many ranks of this machine. */
export function startJob(
  ranks: number,
  argv: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<JobResult> } {
  const child = spawn(mpirun!, ['-np', String(ranks), process.execPath, ...argv], { cwd: root });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<JobResult>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs a job to its end. */
export function runJob(ranks: number, argv: readonly string[]): Promise<JobResult> {
  return startJob(ranks, argv).ended;
}
