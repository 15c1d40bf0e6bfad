import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { RuntimeError } from '@featuremine/errors';
import { classificationBatches, createWorkerPool, openShapesClassification } from '@featuremine/vision-data';
import { listCheckpoints } from '../src';
import type { TrainingBatch } from '../src';
import { makeLinearTask } from './support/linear-task';
import { expectSameRun, keepingLogger, temporaryFolder, trainIn } from './support/run-files';

const program = join(__dirname, 'support/train-linear.js');
const isBuilt = existsSync(join(__dirname, '../dist/index.js'));
const epochs = '4';
const NOBODY = 65534;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(words: readonly string[], options: { readonly uid?: number } = {}): Promise<Ended> {
  const { uid } = options;
  const [file, ...rest] = words as [string, ...string[]];
  const child = spawn(file, rest, { cwd: '/', ...(uid === undefined ? {} : { uid, gid: uid }) });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (text.stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (text.stderr += part.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}

/** `it`, or a skipped test that says why. */
function itWhere(isPossible: boolean, reason: string): jest.It {
  if (!isPossible) console.warn(`not tested: ${reason}`);
  return isPossible ? it : it.skip;
}

/** True if this process may mount a file system that only its children see. */
const canMount =
  spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs none /mnt'], { stdio: 'ignore' })
    .status === 0;

/** The user of processes whom permissions bind: another one if this is root. Undefined if it cannot read the programs. */
function boundUser(): number | undefined {
  if (process.getuid?.() !== 0) return process.getuid?.();
  const { status } = spawnSync(process.execPath, ['-e', `require('fs').readFileSync(${JSON.stringify(program)})`], {
    ...{ uid: NOBODY, gid: NOBODY, cwd: '/', stdio: 'ignore' },
  });
  return status === 0 ? NOBODY : undefined;
}

(isBuilt ? describe : describe.skip)('a training run in a process of its own', () => {
  const whole = temporaryFolder();
  beforeAll(async () => {
    expect((await run([process.execPath, program, whole, epochs, '0'])).code).toBe(0);
  });

  itWhere(canMount, 'a full disk (no file system may be mounted here)')(
    'names a full disk, keeps its checkpoints, and goes on when there is space again',
    async () => {
      const [small, out] = [temporaryFolder(), temporaryFolder()];
      const node = `"${process.execPath}" "${program}"`;
      const script = [
        `set -e; mount -t tmpfs -o size=96k none "${small}"`,
        // What is left is enough to begin with.
        `head -c 45056 /dev/zero > "${small}/filler"`,
        `set +e; ${node} "${small}/run" ${epochs} 0; echo "first $?"; set -e`,
        `ls "${small}/run/checkpoint"; rm "${small}/filler"`,
        `${node} "${small}/run" ${epochs} 0 --resume; echo "second $?"; cp -r "${small}/run" "${out}"`,
      ].join('\n');
      const { stdout, stderr } = await run(['unshare', '--map-root-user', '--mount', 'sh', '-c', script]);
      expect(stdout).toMatch(/first 2\n(step-\d{8}-epoch-\d{4}\n)+/);
      expect(stderr).toMatch(/the disk is full\. Free some space, then go on with --resume/);
      expect(stdout).toContain('second 0');
      expectSameRun(join(out, 'run'), whole);
    },
    30_000,
  );

  const uid = boundUser();
  const itAsUser = itWhere(uid !== undefined, 'folders without permission (another user cannot read the programs)');
  const runAsUser = (...words: string[]): Promise<Ended> =>
    run([process.execPath, program, ...words], uid === undefined ? {} : { uid });

  function ownFolder(): string {
    const folder = temporaryFolder();
    if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
    return folder;
  }

  itAsUser('names a folder that it may not write, and leaves nothing there', async () => {
    const folder = ownFolder();
    chmodSync(folder, 0o555);
    const { code, stderr } = await runAsUser(join(folder, 'run'), epochs, '0');
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${join(folder, 'run')}: permission denied`)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  itAsUser('names a run folder that becomes read-only, keeps its checkpoints, and goes on afterwards', async () => {
    const path = join(ownFolder(), 'run');
    let hasEnded = false;
    const running = runAsUser(path, epochs, '20').finally(() => (hasEnded = true));
    const checkpoints = join(path, 'checkpoint');
    while (listCheckpoints(checkpoints).length === 0 && !hasEnded)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(hasEnded).toBe(false);
    chmodSync(checkpoints, 0o555);
    const { code, stderr } = await running;
    expect([code, stderr]).toEqual([2, expect.stringMatching(/checkpoint\/step-\d+-epoch-\d+: permission denied/)]);
    expect(listCheckpoints(checkpoints).length).toBeGreaterThan(0);
    chmodSync(checkpoints, 0o755);
    expect((await runAsUser(path, epochs, '0', '--resume')).code).toBe(0);
    expectSameRun(path, whole);
  });

  itWhere(canMount, 'a read-only file system (none may be mounted here)')('names a read-only file system', async () => {
    const folder = temporaryFolder();
    const script = `mount -t tmpfs -o ro none "${folder}" && exec "${process.execPath}" "${program}" "${folder}/run" 1 0`;
    const { code, stderr } = await run(['unshare', '--map-root-user', '--mount', 'sh', '-c', script]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/a read-only file system\. Choose another folder/)]);
  });
});

(isBuilt ? describe : describe.skip)('a data worker that is lost during training', () => {
  it('ends the run with a RuntimeError that names it, after the state is saved', async () => {
    const path = temporaryFolder();
    mkdirSync(path, { recursive: true });
    const pool = createWorkerPool({ workers: 2 });
    const threads = (pool as unknown as { threads: readonly { worker: Worker }[] }).threads;
    const dataset = openShapesClassification({ seed: 1, count: 400, imageSize: 32 });
    const linear = makeLinearTask({ stepsPerEpoch: 100 });
    const log = keepingLogger();
    async function* batches(epoch: number, startBatch: number): AsyncGenerator<TrainingBatch> {
      const options = { pool, batchSize: 4, imageSize: 32, seed: 1, epoch, startBatch, order: 'shuffled' } as const;
      const crop = { kind: 'stretch' } as const;
      for await (const { files, batchIndex } of classificationBatches(dataset, {
        ...options,
        lastBatch: 'drop',
        transform: { crop },
      })) {
        if (batchIndex === 7) await threads[1].worker.terminate();
        for await (const batch of linear.batches(epoch, batchIndex)) {
          yield { ...batch, files };
          break;
        }
      }
    }
    try {
      const failed = trainIn(path, { ...linear, batches }, { epochs: 1, log });
      await expect(failed).rejects.toBeInstanceOf(RuntimeError);
      await expect(failed).rejects.toThrow(/data worker 1.*the thread was lost/);
    } finally {
      await pool.close();
    }
    const [last] = listCheckpoints(join(path, 'checkpoint'));
    expect(Number(last.slice(5, 13))).toBeGreaterThanOrEqual(7);
    expect(log.lines.at(-1)).toContain('go on with --resume');
    // What was interrupted goes on with a sound pool.
    const summary = await trainIn(path, linear, { epochs: 1, resume: true });
    expect(summary.steps).toBe(100);
    expect(readFileSync(join(path, 'summary.json'), 'utf8')).toContain('"finished"');
  });
});
