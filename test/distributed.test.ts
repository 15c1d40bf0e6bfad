import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listCheckpoints, readCheckpoint } from '@featuremine/training';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { describeMpi, mpirun } from '../packages/mpi/test/support/mpirun';
import { differing } from './support/distance';
import { flagWords, pause, startCli, untilMetrics } from './support/cli-process';
import type { CliProcess, Ended, Program } from './support/cli-process';
import { lastStep } from './support/run-state';

jest.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), 'distributed-'));
const voc = join(folder, 'VOCdevkit');
afterAll(() => rmSync(folder, { recursive: true }));

/** `program train …` on so many processes of this machine. */
function startJob(ranks: number, program: Program, flags: Readonly<Record<string, string | number>>): CliProcess {
  return startCli(program, ['train', ...flagWords(flags)], { before: [mpirun!, '-np', String(ranks)] });
}

const detection = {
  ...{ voc, train: '2007/train', val: '2007/val', model: 'resnet18', 'image-size': 64, 'batch-size': 4, workers: 1 },
  ...{ 'log-every': 1, 'checkpoint-every': 1, 'warmup-steps': 0, 'evaluate-every': 20, lr: 0.01 },
};

const summaryOf = (run: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as Record<string, unknown>;

/** Waits until a run has a checkpoint of a later step, or the process has ended: its metrics may be those of before. */
async function untilCheckpoint(run: string, step: number, { ended }: CliProcess): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver && lastStep(run) <= step) await pause(20);
}

/** The processes that mpirun has started, from the system's table. */
function ranksOf(launcher: number): number[] {
  const children = (parent: number): number[] =>
    readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children(launcher).flatMap(children);
}

/** What the ranks of a job wrote themselves, without TensorFlow's lines. */
function messages({ stderr }: Ended): string {
  return stderr
    .split('\n')
    .filter((line) => /^(error|warning|rank|--)|: /.test(line) && !/^[IW]0000|oneDNN|rebuild TensorFlow/.test(line))
    .join('\n');
}

describeMpi('training in a job of two', () => {
  beforeAll(() =>
    makeShapesDevkit({
      ...{
        folder: voc,
        seed: 5,
        counts: { train: 8, val: 3 },
        classNames: ['circle', 'square'],
        imageSides: [96, 128],
      },
    }),
  );

  // Half a minute; the same is held without mpirun by job.test.ts of packages/retinanet.
  const long = process.env['FEATUREMINE_LONG'] === '1' ? it : it.skip;
  long('has after a step the weights of one process', async () => {
    const flags = { ...detection, 'batch-size': 8, 'batch-norm': 'frozen', epochs: 1 };
    const outs = ['alone', 'two'].map((name) => join(folder, name));
    const alone = startCli('retinanet', ['train', ...flagWords({ ...flags, out: outs[0] })]);
    expect((await alone.ended).code).toBe(0);
    expect((await startJob(2, 'retinanet', { ...flags, out: outs[1] }).ended).code).toBe(0);
    expect(outs.map((out) => summaryOf(out)['ranks'])).toEqual([1, 2]);
    const [expected, found] = outs.map((out) => {
      const checkpoints = join(out, 'checkpoint');
      const { state, variables } = readCheckpoint(join(checkpoints, listCheckpoints(checkpoints)[0]));
      expect(state.step).toBe(1);
      return variables;
    });
    const weights = new Map([...expected].filter(([name]) => !name.includes('/'))); // Not the slots of the optimizer.
    expect(weights.size).toBeGreaterThan(50);
    expect(differing(found, weights, 1e-5)).toEqual([]);
  });

  it('is told once that its batch cannot be shared out', async () => {
    const ended = await startJob(2, 'retinanet', { ...detection, 'batch-size': 3, out: join(folder, 'odd') }).ended;
    expect(ended.code).toBe(2);
    expect(messages(ended).match(/--batch-size: 3, with 2 processes/g)).toHaveLength(1);
    expect(existsSync(join(folder, 'odd'))).toBe(false);
  });

  it('is for train alone: other commands are refused once, before they read anything', async () => {
    for (const [program, command] of [
      ['backbone-pretrain', ['eval', '--run', '/nowhere']],
      ['backbone-pretrain', ['reproduce', '--table', '9']],
      ['retinanet', ['predict', '--run', '/nowhere', 'photo.jpg', '--out', '/nowhere']],
    ] as const) {
      const ended = await startCli(program, command, { before: [mpirun!, '-np', '2'] }).ended;
      expect([ended.code, messages(ended)]).toEqual([
        2,
        `error: ${program} ${command[0]}: mpirun started 2 processes of it, expected one: only train shares its work out. Start it without mpirun.`,
      ]);
    }
  });

  it('says what to install when MPICH’s library is missing', async () => {
    const before = ['env', 'FEATUREMINE_MPI_LIBRARY=/nowhere/libmpi.so', mpirun!, '-np', '2'];
    const flags = flagWords({ ...detection, out: join(folder, 'missing') });
    const ended = await startCli('retinanet', ['train', ...flags], { before }).ended;
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('apt-get install mpich');
    expect(ended.stderr).toContain('/nowhere/libmpi.so');
  });

  it('ends when a rank is killed, with a checkpoint from which one process goes on, and two go on from there', async () => {
    const out = join(folder, 'killed');
    const job = startJob(2, 'retinanet', { ...detection, epochs: 50, out });
    await untilMetrics(out, 2, job);
    const ranks = ranksOf(job.pid);
    expect(ranks).toHaveLength(2);
    process.kill(ranks[1], 'SIGKILL');
    const ended = await job.ended;
    expect([ended.code, ended.signal]).not.toEqual([0, null]);
    const before = lastStep(out);
    expect(before).toBeGreaterThanOrEqual(1);

    const alone = startCli('retinanet', ['train', ...flagWords({ ...detection, epochs: 50, out }), '--resume']);
    await untilCheckpoint(out, before, alone);
    alone.kill('SIGTERM');
    const { code, stderr } = await alone.ended;
    expect(code).toBe(143);
    expect(stderr).toContain('job: it had 2 processes and now has 1');
    const between = lastStep(out);
    expect(between).toBeGreaterThan(before);

    const epochs = Math.ceil(between / 2) + 1;
    const last = startCli('retinanet', ['train', ...flagWords({ ...detection, epochs, out }), '--resume'], {
      before: [mpirun!, '-np', '2'],
    });
    expect(messages(await last.ended)).toContain('job: it had 1 process and now has 2');
    expect(summaryOf(out)).toMatchObject({ stoppedBy: 'finished', epochs, steps: 2 * epochs, ranks: 2 });
  });

  it('finishes its step and saves when the launcher is told to stop', async () => {
    const out = join(folder, 'stopped');
    const job = startJob(2, 'backbone-pretrain', {
      ...{ dataset: 'shapes', model: 'resnet20', 'image-size': 32, 'batch-size': 16, 'feature-mining': 2, epochs: 50 },
      ...{ workers: 0, 'log-every': 1, out },
    });
    await untilMetrics(out, 3, job);
    job.kill('SIGTERM');
    expect([0, 143]).toContain((await job.ended).code); // mpirun's, which does not always wait for that of the ranks.
    const { steps, stoppedBy } = summaryOf(out);
    expect(stoppedBy).toBe('SIGTERM');
    expect(lastStep(out)).toBe(steps);
    await pause(200);
    expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain(out);
  });
});
