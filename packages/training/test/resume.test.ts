import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import { listCheckpoints, trainingFields } from '../src';
import { makeLinearTask } from './support/linear-task';
import { expectSameRun, keepingLogger, temporaryFolder, trainIn } from './support/run-files';

const isBuilt = existsSync(join(__dirname, '../dist/index.js'));
const isLong = process.env['FEATUREMINE_LONG'] === '1';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts support/train-linear.js on the built files. */
function startChild(words: readonly string[]): {
  started: Promise<void>;
  stopping: Promise<void>;
  ended: Promise<Ended>;
  kill(s: NodeJS.Signals): void;
} {
  const child = spawn(process.execPath, [join(__dirname, 'support/train-linear.js'), ...words]);
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const started = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const stopping = new Promise<void>((resolve) => {
    child.stderr.on('data', () => void (stderr.includes('finishing the step') && resolve()));
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  return { started, stopping, ended, kill: (signal) => void child.kill(signal) };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('train with resume', () => {
  const whole = temporaryFolder();
  beforeAll(() => trainIn(whole, makeLinearTask()));

  it('ends with the same bits after a signal at any step', async () => {
    for (const stopAt of [1, 5, 10, 14, 20, 29, 30]) {
      const path = temporaryFolder();
      let steps = 0;
      const beforeStep = (): void => {
        if (++steps === stopAt) process.emit('SIGTERM', 'SIGTERM');
      };
      const stopped = await trainIn(path, makeLinearTask({ hooks: { beforeStep } }));
      expect(stopped).toMatchObject({ stoppedBy: 'SIGTERM', steps: stopAt });
      const resumed = await trainIn(path, makeLinearTask(), { resume: true });
      expect(resumed).toMatchObject({ stoppedBy: 'finished', steps: 30 });
      expectSameRun(path, whole);
    }
  });

  it('measures again when the signal came during the evaluation', async () => {
    const path = temporaryFolder();
    const evaluate = (_: number, signal: AbortSignal): Record<string, number> => {
      process.emit('SIGINT', 'SIGINT');
      return { error: signal.aborted ? -1 : 0 };
    };
    const stopped = await trainIn(path, makeLinearTask({ hooks: { evaluate } }));
    expect(stopped).toMatchObject({ stoppedBy: 'SIGINT', steps: 10, epochs: 0, best: null });
    await trainIn(path, makeLinearTask(), { resume: true });
    expectSameRun(path, whole);
  });

  it('goes on from the last step of an epoch when it is killed in the evaluation', async () => {
    const path = temporaryFolder();
    const killed = temporaryFolder();
    const evaluate = (): Record<string, number> => {
      cpSync(path, killed, { recursive: true }); // What SIGKILL leaves.
      return { error: 1 };
    };
    await trainIn(path, makeLinearTask({ hooks: { evaluate } }), { epochs: 1, checkpointEvery: 5 });
    rmSync(join(killed, 'run.lock'));
    expect(listCheckpoints(join(killed, 'checkpoint'))[0]).toBe('step-00000010-epoch-0000');
    const log = keepingLogger();
    await trainIn(killed, makeLinearTask(), { resume: true, log });
    expect(log.lines).toContain(`${killed}: resuming at step 10, epoch 1`);
    expectSameRun(killed, whole);
  });

  it('removes damaged checkpoints that lie behind the one it saves, and keeps that one', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 2, checkpointEvery: 7, keep: 4 });
    const folder = join(path, 'checkpoint');
    const [last, ...before] = listCheckpoints(folder);
    flipByte(join(folder, last, 'state.json'), 200);
    flipByte(join(folder, before[0], 'state.json'), 200);
    const stopped: string[][] = [];
    const beforeStep = (): void => {
      stopped.push(listCheckpoints(folder));
      process.emit('SIGTERM', 'SIGTERM');
    };
    await trainIn(path, makeLinearTask({ hooks: { beforeStep } }), { resume: true, keep: 1, epochs: 2 });
    const step = Number(before[1].slice(5, 13)) + 1;
    expect(stopped).toEqual([[last, ...before]]);
    expect(listCheckpoints(folder).map((name) => Number(name.slice(5, 13)))[0]).toBe(step);
    await trainIn(path, makeLinearTask(), { resume: true });
    expectSameRun(path, whole);
  });

  it('cuts metrics that are younger than the checkpoint', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 2 });
    appendFileSync(join(path, 'metrics.jsonl'), '{"kind":"step","step":24}\n{"kind":"st');
    await trainIn(path, makeLinearTask(), { resume: true });
    expectSameRun(path, whole);
  });

  it('starts afresh without a checkpoint, and says so', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 1 });
    rmSync(join(path, 'checkpoint'), { recursive: true });
    const log = keepingLogger();
    await trainIn(path, makeLinearTask(), { resume: true, log });
    expect(log.lines[0]).toContain('there is no checkpoint to resume from; starting afresh');
    expectSameRun(path, whole);
  });

  const damages: [string, (checkpoint: string) => void][] = [
    ['a flipped byte among the variables', (path) => flipByte(join(path, 'variables.safetensors'), -3)],
    ['cut variables', (path) => truncateSync(join(path, 'variables.safetensors'), 40)],
    ['missing variables', (path) => rmSync(join(path, 'variables.safetensors'))],
    ['a flipped byte in the state', (path) => flipByte(join(path, 'state.json'), 200)],
    ['an empty state', (path) => truncateSync(join(path, 'state.json'), 0)],
    ['a state that is an array', (path) => writeFileSync(join(path, 'state.json'), '[]')],
    ['a missing state', (path) => rmSync(join(path, 'state.json'))],
  ];
  it.each(damages)('takes the checkpoint before one with %s, with a warning, and ends the same', async (_, damage) => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 2, checkpointEvery: 7 });
    const folder = join(path, 'checkpoint');
    const [last, before] = listCheckpoints(folder);
    damage(join(folder, last));
    const log = keepingLogger();
    await trainIn(path, makeLinearTask(), { resume: true, log });
    expect(log.lines[0]).toMatch(new RegExp(`${last}.*The checkpoint before it is tried\\.`));
    expect(log.lines).toContain(`${path}: resuming at step ${Number(before.slice(5, 13))}, epoch 2`);
    expectSameRun(path, whole);
  });

  it('is a named error when all checkpoints are damaged', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 1 });
    const folder = join(path, 'checkpoint');
    for (const name of listCheckpoints(folder)) flipByte(join(folder, name, 'state.json'), 200);
    await expect(trainIn(path, makeLinearTask(), { resume: true })).rejects.toThrow(CheckpointError);
  });

  it('refuses a checkpoint of a newer format by name', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 1, keep: 1 });
    const folder = join(path, 'checkpoint');
    const state = join(folder, listCheckpoints(folder)[0], 'state.json');
    const text = readFileSync(state, 'utf8');
    expect(text.startsWith('{"format":2,')).toBe(true);
    writeFileSync(state, text.replace('"format":2', '"format":3'));
    const log = keepingLogger();
    await expect(trainIn(path, makeLinearTask(), { resume: true, log })).rejects.toThrow(CheckpointError);
    expect(log.lines[0]).toContain('format 3, expected at most 2');
  });

  it('goes on from a run of format 1, with the same bits and without a word about the data', async () => {
    const path = temporaryFolder();
    cpSync(join(__dirname, 'fixtures/run-format-1'), path, { recursive: true });
    const log = keepingLogger();
    await trainIn(path, makeLinearTask(), { resume: true, log });
    expect(log.lines).toContain(`${path}: resuming at step 14, epoch 2`);
    expect(log.lines.filter((line) => line.includes('data:'))).toEqual([]);
    expectSameRun(path, whole);
  });

  it('names what changed: config, data and code', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), {
      epochs: 1,
      config: { lr: 0.02, out: 'a' },
      versions: { tensorflow: '1' },
    });
    const log = keepingLogger();
    const data = { 'training images': 'other', 'validation images': '7 files' };
    const task = { ...makeLinearTask({ stepsPerEpoch: 5 }), data };
    const config = { lr: 0.5, out: 'b', momentum: 0.9 };
    await trainIn(path, task, { resume: true, log, config, versions: { tensorflow: '2' } });
    expect(log.lines.filter((line) => line.startsWith('resuming, but')).map((line) => line.slice(29))).toEqual([
      'config: lr was 0.02 and is now 0.5',
      'config: momentum was not set and is now 0.9',
      'data: training images was linear-0 and is now other',
      'data: validation images was absent and is now 7 files',
      'data: an epoch had 10 steps and now has 5',
      'code: tensorflow was 1 and is now 2',
    ]);
  });

  it('refuses a checkpoint of another model by name', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 1 });
    const task = makeLinearTask();
    const readVariables = (): Promise<Map<string, Float32Array>> =>
      Promise.resolve(
        new Map([
          ['weights', new Float32Array(4)],
          ['bias', new Float32Array(1)],
        ]),
      );
    const other = { ...task, model: { ...task.model, readVariables, writeVariables: () => Promise.resolve() } };
    await expect(trainIn(path, other, { resume: true })).rejects.toThrow(
      /another model \(weights has 3 values, not 4; bias is missing; momentum\/weights is not in the model\)/,
    );
  });

  it('leaves config.json as it is when the options do not fit the run, or the run is finished', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 1, config: { lr: 0.02, resume: false } });
    const config = (): unknown => JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));
    const task = makeLinearTask();
    const readVariables = (): Promise<Map<string, Float32Array>> => Promise.resolve(new Map<string, Float32Array>());
    const other = { ...task, model: { ...task.model, readVariables, writeVariables: () => Promise.resolve() } };
    const changed = { resume: true, config: { lr: 0.5, resume: true } };
    await expect(trainIn(path, other, changed)).rejects.toThrow(CheckpointError);
    await trainIn(path, makeLinearTask(), { ...changed, epochs: 1 });
    expect(config()).toEqual({ lr: 0.02 });
    await trainIn(path, makeLinearTask(), { ...changed, epochs: 2 });
    expect(config()).toEqual({ lr: 0.5 });
  });

  it('keeps the checkpoint of the best epoch beyond those that it is told to keep', async () => {
    const path = temporaryFolder();
    const evaluate = (epoch: number): Record<string, number> => ({ error: [3, 1, 2][epoch] });
    const kept = (): number[] => listCheckpoints(join(path, 'checkpoint')).map((name) => Number(name.slice(5, 13)));
    const options = { checkpointEvery: 2, keep: 2 };
    await trainIn(path, makeLinearTask({ hooks: { evaluate } }), options);
    expect(kept()).toEqual([30, 28, 20]);
    // More epochs with a better one: it takes the place.
    const better = makeLinearTask({ hooks: { evaluate: () => ({ error: 0.5 }) } });
    await trainIn(path, better, { ...options, epochs: 5, resume: true });
    expect(kept()).toEqual([50, 48, 40]);
  });

  it('saves within an epoch when enough time has passed', async () => {
    const path = temporaryFolder();
    const beforeStep = (): Promise<void> => pause(20);
    const task = makeLinearTask({ stepsPerEpoch: 30, hooks: { beforeStep } }); // at least 600 ms
    await trainIn(path, task, { epochs: 1, checkpointEverySeconds: 0.1, keep: 100 });
    const steps = listCheckpoints(join(path, 'checkpoint')).map((name) => Number(name.slice(5, 13)));
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(steps.at(-1)).toBeLessThanOrEqual(6); // at the latest after the first 100 ms of steps
    expect(trainingFields.checkpointEverySeconds.parse(undefined)).toBe(60);
  });

  it('keeps as many checkpoints as it is told', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { checkpointEvery: 2, keep: 3 });
    const steps = listCheckpoints(join(path, 'checkpoint')).map((name) => Number(name.slice(5, 13)));
    expect(steps).toEqual([30, 28, 26]);
  });
});

const describeBuilt = isBuilt ? describe : describe.skip;
if (!isBuilt) console.warn('training in child processes is not tested: packages/training/dist is missing, build first');

describeBuilt('a training process', () => {
  const whole = temporaryFolder();
  const epochs = '4';
  beforeAll(async () => {
    expect((await startChild([whole, epochs, '0']).ended).code).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('finishes the step, saves and exits after %s with code %i', async (signal, code) => {
    const path = temporaryFolder();
    const child = startChild([path, epochs, '20']);
    await child.started;
    await pause(150);
    child.kill(signal);
    const ended = await child.ended;
    expect(ended.stderr).toContain('go on with --resume');
    expect(ended.code).toBe(code);
    expect(existsSync(join(path, 'run.lock'))).toBe(false);
    expect((await startChild([path, epochs, '0', '--resume']).ended).code).toBe(0);
    expectSameRun(path, whole);
  });

  it('exits at once after a second signal', async () => {
    const path = temporaryFolder();
    const child = startChild([path, epochs, '30000']);
    await child.started;
    await pause(100);
    child.kill('SIGTERM');
    await child.stopping;
    child.kill('SIGTERM'); // To the group, and passed on: one wish.
    expect(await Promise.race([child.ended, pause(600)])).toBeUndefined();
    child.kill('SIGTERM');
    const startMs = performance.now();
    expect((await child.ended).signal).toBe('SIGTERM'); // 143 in a shell.
    expect(performance.now() - startMs).toBeLessThan(5000);
    expect(existsSync(join(path, 'run.lock'))).toBe(false);
  });

  it('refuses the folder of a living process with code 2', async () => {
    const path = temporaryFolder();
    const first = startChild([path, epochs, '1000']);
    await first.started;
    const second = await startChild([path, epochs, '0', '--resume']).ended;
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('is using this run folder');
    first.kill('SIGKILL');
    await first.ended;
  });

  const kills = isLong ? 100 : 5;
  it(
    `can be resumed after each of ${kills} SIGKILLs at random moments, and ends with the same bits`,
    async () => {
      const random = Random.of(8, 'kills');
      let path = temporaryFolder();
      for (let kill = 0; kill < kills; kill++) {
        const folder = join(path, 'checkpoint');
        const before = stepOf(folder);
        const child = startChild([path, epochs, '4', '--resume']);
        await Promise.race([child.started, child.ended]);
        await pause(random.uniform(0, 120));
        child.kill('SIGKILL');
        const ended = await child.ended;
        expect([null, 0]).toContain(ended.code);
        expect(stepOf(folder)).toBeGreaterThanOrEqual(before);
        expect(lastLogged(path) - stepOf(folder)).toBeLessThanOrEqual(3); // checkpointEvery; each step is logged.
        if (ended.code === null && stepOf(folder) < 40) continue;
        expectSameRun(path, whole);
        path = temporaryFolder();
      }
      expect((await startChild([path, epochs, '0', '--resume']).ended).code).toBe(0);
      expectSameRun(path, whole);
      expect(readdirSync(path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
    isLong ? 300_000 : 60_000,
  );
});

function stepOf(folder: string): number {
  const last = listCheckpoints(folder)[0];
  return last === undefined ? 0 : Number(last.slice(5, 13));
}

// The last step in metrics.jsonl; its last line may be cut.
function lastLogged(path: string): number {
  const file = join(path, 'metrics.jsonl');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Math.max(0, ...Array.from(text.matchAll(/"step":(\d+),/g), ([, step]) => Number(step)));
}

function flipByte(path: string, offset: number): void {
  const bytes = readFileSync(path);
  const index = offset < 0 ? bytes.length + offset : offset;
  bytes[index] ^= 1;
  writeFileSync(path, bytes);
}
