import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { readSafetensors } from '@featuremine/weights';
import { RunFolder, RunFolderError, exitCodeOf, hasEnded, resumedStart, sourceCommit } from '../src';
import type { Summary } from '../src';
import { silentLogger } from '@featuremine/command-line';
import { makeLinearTask } from './support/linear-task';
import { keepingLogger, metricsOf, temporaryFolder, trainIn } from './support/run-files';

describe('train', () => {
  it('learns, and writes config, metrics, summary, weights, checkpoint and events', async () => {
    const path = temporaryFolder();
    const task = makeLinearTask();
    const summary = await trainIn(path, task, { config: { lr: 0.02, seed: 0 }, summary: { classNames: ['a'] } });
    expect(summary.best!.metrics['error']).toBeLessThan(1); // 3.5 before the first step
    expect(summary).toMatchObject({ stoppedBy: 'finished', epochs: 3, steps: 30, parameters: 3, classNames: ['a'] });
    expect(summary.imagesPerSecond).toBeGreaterThan(0);
    expect(summary.peakRssBytes).toBeGreaterThan(1e7);
    expect(JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8'))).toEqual(summary);
    expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))).toEqual({ lr: 0.02, seed: 0 });
    expect(readdirSync(path).sort()).toEqual(
      [
        'checkpoint',
        'config.json',
        'metrics.jsonl',
        'report.html',
        'summary.json',
        'tensorboard',
        'weights.safetensors',
      ].sort(),
    );
    expect(exitCodeOf(summary)).toBe(0);
  });

  it('writes a line of metrics at each interval and after each epoch', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask());
    const lines = metricsOf(path);
    expect(lines.map((line) => `${String(line['kind'])} ${String(line['step'])}`)).toEqual([
      ...['step 4', 'step 8', 'epoch 10', 'step 12', 'step 16', 'step 20', 'epoch 20'],
      ...['step 24', 'step 28', 'epoch 30'],
    ]);
    expect(Object.keys(lines[0])).toEqual(['kind', 'step', 'epoch', 'train/loss', 'learningRate']);
    expect(Object.keys(lines[2])).toEqual(['kind', 'step', 'epoch', 'train/loss', 'error']);
  });

  it('keeps the weights of the best epoch, not of the last', async () => {
    const path = temporaryFolder();
    const weightsByEpoch: number[][] = [];
    const errors = [3, 1, 2];
    const task = makeLinearTask({
      hooks: {
        evaluate(epoch) {
          weightsByEpoch.push([...task.model.weights]);
          return { error: errors[epoch] };
        },
      },
    });
    const summary = await trainIn(path, task);
    expect(summary.best!.epoch).toBe(2);
    expect(summary.last!.epoch).toBe(3);
    expect([...readSafetensors(join(path, 'weights.safetensors')).tensors.get('weights')!.data]).toEqual(
      weightsByEpoch[1],
    );
  });

  it('keeps the last weights where nothing is evaluated, and never those of a NaN behind a number', async () => {
    const none = await trainIn(temporaryFolder(), makeLinearTask({ hooks: { evaluate: () => ({}) } }));
    expect(none.best!.epoch).toBe(3);
    const values = [1, NaN, 2];
    const evaluate = (epoch: number): Record<string, number> => ({ error: values[epoch] });
    expect((await trainIn(temporaryFolder(), makeLinearTask({ hooks: { evaluate } }))).best!.epoch).toBe(1);
  });

  it('evaluates every few epochs and after the last one', async () => {
    const evaluated: number[] = [];
    const evaluate = (epoch: number): Record<string, number> => {
      evaluated.push(epoch + 1);
      return { error: 1 };
    };
    await trainIn(temporaryFolder(), makeLinearTask({ hooks: { evaluate } }), { epochs: 5, evaluateEvery: 2 });
    expect(evaluated).toEqual([2, 4, 5]);
  });

  it('stops early after evaluations without a better one', async () => {
    const evaluate = (epoch: number): Record<string, number> => ({ error: epoch === 1 ? 0 : 1 });
    const task = makeLinearTask({ hooks: { evaluate } });
    const summary = await trainIn(temporaryFolder(), task, { epochs: 50, earlyStop: 3 });
    expect(summary).toMatchObject({ stoppedBy: 'early-stop', epochs: 5 });
  });

  it('ends when the goal is reached', async () => {
    const path = temporaryFolder();
    const task = makeLinearTask({ hooks: { evaluate: (epoch) => ({ error: 3 - epoch }) } });
    const withGoal = { ...task, bestMetric: { ...task.bestMetric, goal: 1 } };
    expect(await trainIn(path, withGoal, { epochs: 50 })).toMatchObject({ stoppedBy: 'goal', epochs: 3 });
    const log = keepingLogger();
    const resumed = await trainIn(path, withGoal, { epochs: 50, resume: true, log });
    expect(resumed).toMatchObject({ stoppedBy: 'goal', epochs: 3 });
    expect(log.lines.join()).toContain('the run has reached its goal (3 epochs)');
  });

  it('has a summary meanwhile that is not taken for that of a run that ended', async () => {
    const path = temporaryFolder();
    const seen: string[] = [];
    const evaluate = (epoch: number): Record<string, number> => {
      if (epoch > 0) seen.push((JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8')) as Summary).stoppedBy);
      return { error: 1 };
    };
    const summary = await trainIn(path, makeLinearTask({ hooks: { evaluate } }), { epochs: 3, earlyStop: 5 });
    expect(seen).toEqual(['running', 'running']);
    expect([hasEnded(summary), hasEnded({ stoppedBy: 'running' })]).toEqual([true, false]);
  });

  it('fetches the next batch while a step runs', async () => {
    const order: string[] = [];
    const hooks = {
      async beforeStep() {
        order.push('step begins');
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push('step ends');
      },
      beforeBatch: (_: number, batch: number) => void order.push(`batch ${batch}`),
    };
    await trainIn(temporaryFolder(), makeLinearTask({ stepsPerEpoch: 2, hooks }), { epochs: 1 });
    expect(order).toEqual(['batch 0', 'batch 1', 'step begins', 'step ends', 'step begins', 'step ends']);
  });

  it('ends after steps in a row without a finite loss, naming the files, with weights as they were', async () => {
    const path = temporaryFolder();
    let weights: number[] = [];
    const task = makeLinearTask({
      hooks: {
        beforeStep(inputs) {
          if (!inputs['x'] || typeof inputs['x'] === 'number') return;
          if (task.model.weights.some((w) => w !== 0)) weights = weights.length ? weights : [...task.model.weights];
          if (weights.length) inputs['x'].data.fill(NaN);
        },
      },
    });
    const ended = trainIn(path, task, { maxNonFinite: 3 });
    await expect(ended).rejects.toThrow(DatasetError);
    await expect(ended).rejects.toThrow(/step 4: 3 steps in a row without a finite loss.*epoch0-batch1-0\.jpg/);
    expect([...task.model.weights]).toEqual(weights);
    const saved = JSON.parse(readFileSync(join(path, 'non-finite.json'), 'utf8')) as { steps: { files: string[] }[] };
    expect(saved.steps).toHaveLength(3);
    expect(saved.steps[2].files).toContain('epoch0-batch3-3.jpg');
    expect(readdirSync(join(path, 'checkpoint'))).toHaveLength(1);
    // The last batch, as the step got it.
    const { tensors, metadata } = readSafetensors(join(path, 'non-finite.safetensors'));
    expect(metadata.get('step')).toBe('4');
    expect([...tensors.keys()].sort()).toEqual(['noise', 'x', 'y']);
    expect(tensors.get('x')!.shape).toEqual([4, 3]);
    expect(tensors.get('x')!.data.every((value) => Number.isNaN(value))).toBe(true);
  });

  it('goes on after fewer such steps', async () => {
    let steps = 0;
    const beforeStep = (inputs: Record<string, unknown>): void => {
      if (++steps % 3 !== 0) (inputs['x'] as { data: Float32Array }).data.fill(NaN);
    };
    const summary = await trainIn(temporaryFolder(), makeLinearTask({ hooks: { beforeStep } }), { maxNonFinite: 3 });
    expect(summary.steps).toBe(30);
  });

  it('saves its state when data cannot be read, and goes on from there', async () => {
    const whole = temporaryFolder();
    await trainIn(whole, makeLinearTask());
    const path = temporaryFolder();
    const beforeBatch = (epoch: number, batch: number): void => {
      if (epoch === 1 && batch === 5) throw new DatasetError({ where: 'x.jpg', found: 'gone', fix: 'Restore it' });
    };
    await expect(trainIn(path, makeLinearTask({ hooks: { beforeBatch } }))).rejects.toThrow('x.jpg: gone. Restore it.');
    const log = keepingLogger();
    await trainIn(path, makeLinearTask(), { resume: true, log });
    expect(log.lines).toContain(`${path}: resuming at step 15, epoch 2`);
    expect(metricsOf(path)).toEqual(metricsOf(whole));
  });

  it('trains to the end without pictures that cannot be made, and names the file', async () => {
    const path = temporaryFolder();
    const log = keepingLogger();
    const pictures = () => Promise.reject(new DatasetError({ where: 'x.jpg', found: 'gone', fix: 'Restore it' }));
    const summary = await trainIn(path, { ...makeLinearTask(), pictures }, { epochs: 1, log });
    expect(summary.stoppedBy).toBe('finished');
    expect(log.lines).toContain('step 10: no pictures for TensorBoard: x.jpg: gone. Restore it.');
  });

  it('is an error of the program when an epoch has too few batches', async () => {
    const task = { ...makeLinearTask({ stepsPerEpoch: 5 }), stepsPerEpoch: 6 };
    await expect(trainIn(temporaryFolder(), task)).rejects.toThrow('epoch 1 ended after 5 of 6 batches');
  });

  it('says that a finished run is finished, and trains more epochs when asked', async () => {
    const path = temporaryFolder();
    const first = await trainIn(path, makeLinearTask(), { epochs: 2 });
    const log = keepingLogger();
    expect(await trainIn(path, makeLinearTask(), { epochs: 2, resume: true, log })).toEqual(first);
    expect(log.lines.join('\n')).toContain('the run is finished (2 epochs)');
    const more = await trainIn(path, makeLinearTask(), { epochs: 3, resume: true });
    expect(more).toMatchObject({ epochs: 3, steps: 30 });
  });
});

describe('a fault that cannot be followed by a checkpoint', () => {
  it('is the one that is told of', async () => {
    const path = temporaryFolder();
    const log = keepingLogger();
    const beforeBatch = (_: number, batch: number): void => {
      if (batch < 5) return;
      rmSync(join(path, 'checkpoint'), { recursive: true });
      writeFileSync(join(path, 'checkpoint'), 'no folder');
      throw new DatasetError({ where: 'x.jpg', found: 'gone', fix: 'Restore it' });
    };
    const failed = trainIn(path, makeLinearTask({ hooks: { beforeBatch } }), { log });
    await expect(failed).rejects.toThrow('x.jpg: gone. Restore it.');
    expect(log.lines.at(-1)).toMatch(/the state of step 5 could not be saved: .*a part of the path is no folder/);
  });
});

describe('a signal behind the last step of the last epoch', () => {
  it('leaves a finished run, which a resume tells as such', async () => {
    const path = temporaryFolder();
    const task = makeLinearTask();
    const saveWeights = async (file: string): Promise<void> => {
      await task.saveWeights(file);
      process.emit('SIGINT', 'SIGINT');
    };
    const stopped = await trainIn(path, { ...task, saveWeights }, { epochs: 1 });
    expect(stopped).toMatchObject({ stoppedBy: 'SIGINT', epochs: 1 });
    const log = keepingLogger();
    const resumed = await trainIn(path, makeLinearTask(), { epochs: 1, resume: true, log });
    expect(exitCodeOf(resumed)).toBe(0);
    expect(log.lines.join()).toContain('the run is finished (1 epochs)');
    expect(JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8'))).toMatchObject({ stoppedBy: 'finished' });
  });
});

describe('resumedStart', () => {
  it('gives the weights of the command line for a new run', () => {
    const out = temporaryFolder();
    expect(resumedStart({ out, resume: false, weights: 'w.pth' })).toEqual({ weights: 'w.pth', isRestored: false });
  });

  it('refuses weights together with --resume', () => {
    const options = { out: 'runs/a', resume: true, weights: 'w.pth' };
    expect(() => resumedStart(options)).toThrow(/--weights: it is given together with --resume\. Leave one/);
  });

  it('refuses a profile of a dry run, which would end before it', () => {
    const options = { out: 'runs/a', resume: false, profile: true, dryRun: true };
    expect(() => resumedStart(options)).toThrow(/--profile: it is given together with --dry-run\. Leave one/);
    expect(resumedStart({ ...options, profile: false }).isRestored).toBe(false);
  });

  it('remembers the weights that a run was started with, and whether there is a checkpoint', async () => {
    const out = temporaryFolder();
    expect(resumedStart({ out, resume: true })).toEqual({ weights: undefined, isRestored: false });
    await trainIn(out, makeLinearTask(), { epochs: 1, config: { weights: 'w.pth' } });
    expect(resumedStart({ out, resume: true })).toEqual({ weights: 'w.pth', isRestored: true });
    rmSync(join(out, 'checkpoint'), { recursive: true });
    expect(resumedStart({ out, resume: true })).toEqual({ weights: 'w.pth', isRestored: false });
  });
});

describe('sourceCommit', () => {
  it('is the commit of these sources, with a mark and a hash where they were changed', () => {
    const commit = sourceCommit();
    if (commit !== undefined) expect(commit).toMatch(/^[0-9a-f]{12}(\+[0-9a-f]{8})?$/);
    expect(commit === undefined).toBe(!existsSync(join(__dirname, '../../../.git')));
  });
});

describe('RunFolder', () => {
  const open = (path: string, resume = false): RunFolder =>
    RunFolder.open({ path, resume, config: {}, log: silentLogger });

  it('refuses a folder that holds a run, unless it resumes', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask(), { epochs: 1 });
    expect(() => open(path)).toThrow(/already holds a run .*Add --resume/);
    open(path, true).close();
  });

  it('takes a folder where only other files are', () => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'notes.txt'), 'x');
    open(path).close();
    expect(existsSync(join(path, 'notes.txt'))).toBe(true);
  });

  it('refuses a second opener while the first has it', () => {
    const path = temporaryFolder();
    const first = open(path);
    expect(() => open(path, true)).toThrow(RunFolderError);
    expect(() => open(path, true)).toThrow(`process ${process.pid} is using this run folder`);
    first.close();
    open(path).close();
  });

  it('takes over the lock of a process that is dead', () => {
    const path = temporaryFolder();
    const first = open(path);
    const lock = JSON.parse(readFileSync(join(path, 'run.lock'), 'utf8')) as Record<string, unknown>;
    first.close();
    // The same number, but a process that started at another time: the number was given away again.
    writeFileSync(join(path, 'run.lock'), JSON.stringify({ ...lock, startedAt: 'earlier 1' }));
    const log = keepingLogger();
    RunFolder.open({ path, resume: false, config: {}, log }).close();
    expect(log.lines.join()).toContain('dead');
    writeFileSync(join(path, 'run.lock'), '');
    open(path).close();
    writeFileSync(join(path, 'run.lock'), JSON.stringify({ ...lock, host: 'elsewhere', pid: 1 }));
    expect(() => open(path)).toThrow('process 1 on elsewhere is using this run folder');
  });

  it('refuses when the lock that it took over is another one by the time it looks again', async () => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'run.lock'), '');
    // It waits for this process's lock, and puts one of its own in its place, as a third process may.
    const holder = JSON.stringify({ pid: process.pid, host: 'elsewhere', startedAt: '' });
    const script = `
      const fs = require('node:fs');
      const path = process.argv[1];
      process.stdout.write('ready');
      for (;;) {
        try { if (fs.readFileSync(path, 'utf8').includes('"pid":${process.pid},')) break; } catch {}
      }
      fs.rmSync(path);
      fs.writeFileSync(path, ${JSON.stringify(holder)});`;
    const child = spawn(process.execPath, ['-e', script, join(path, 'run.lock')]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise((resolve) => child.once('close', resolve));
    expect(() => open(path)).toThrow(`process ${process.pid} on elsewhere is using this run folder`);
    await ended;
    expect(readFileSync(join(path, 'run.lock'), 'utf8')).toBe(holder);
  });

  it('names a path that cannot be a folder', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, '');
    expect(() => open(join(path, 'run'))).toThrow(/no folder|file system says/);
  });
});
