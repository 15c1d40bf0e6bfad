import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { acquireLock } from '@featuremine/files';
import { isBuilt, pause } from './support/cli-process';
import { hasPeers, peersPython } from './support/peers';

const bench = join(__dirname, '..', 'scripts', 'bench');
const root = mkdtempSync(join(tmpdir(), 'bench-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A run that a contender of the tests prints. */
const printed = { stepMs: [10, 20], imagesPerSecond: 100, peakRssMb: 50 };
const contenderScript = join(root, 'contender.mjs');
writeFileSync(
  contenderScript,
  `import { appendFileSync, existsSync } from 'node:fs';
const { name, log, failsUnless, hangsUnless, stepMs } = JSON.parse(process.argv[2]);
appendFileSync(log, name + '\\n');
if (hangsUnless !== undefined && !existsSync(hangsUnless)) setInterval(() => {}, 1000);
else if (failsUnless !== undefined && !existsSync(failsUnless)) throw new Error('no luck');
else process.stdout.write(JSON.stringify({ ...${JSON.stringify(printed)}, ...(stepMs && { stepMs }) }) + '\\n');
`,
);

interface Bench {
  readonly folder: string;
  readonly repetitions?: number;
  readonly isForced?: boolean;
  /** What the look at the machine sees, one after the other; the last one again and again. */
  readonly uses?: readonly { busyPercent: number; stealPercent?: number }[];
  readonly minutes?: number;
  readonly commit?: string;
  readonly date?: string;
  readonly hasLocalChanges?: boolean;
  /** Files that let contender B fail, or hang, until they are there. */
  readonly failsUnless?: string;
  readonly hangsUnless?: string;
  /** The steps of C, a further mode of B that is measured where they are given; without any it fails. */
  readonly modeStepMs?: readonly number[];
}

/** A program that puts a row of two contenders through the bench. */
function programOf(options: Bench): string {
  const { folder, repetitions = 2, isForced = false, uses = [{ busyPercent: 1, stealPercent: 0.5 }] } = options;
  const { minutes = 0, commit = 'abc1234', date = '2026-11-30', failsUnless, hangsUnless, hasLocalChanges } = options;
  const contender = (name: string, more = {}) => ({
    ...{ runtime: 'node', script: contenderScript },
    options: { name, batchSize: 1, log: join(folder, 'log'), ...more },
  });
  const { modeStepMs } = options;
  const modeOptions = modeStepMs?.length === 0 ? { failsUnless: join(folder, 'never') } : { stepMs: modeStepMs };
  const always = { A: contender('A'), B: contender('B', { failsUnless, hangsUnless }) };
  const extra = modeStepMs === undefined ? {} : { C: { ...contender('C', modeOptions), modeOf: 'B' } };
  const row = { name: 'row', group: 'resnet50', title: 'A row', contenders: always, extra };
  const contenders = { ...always, ...extra };
  const settings = { repetitions, steps: 2, warmup: 0, threads: 1, rounds: 1 };
  const measuredOn = {
    ...{ processor: 'A processor', cores: 2, memoryGb: 16, system: 'Linux', node: '20', commit, date },
    ...(hasLocalChanges === undefined ? {} : { hasLocalChanges }),
  };
  const known = { row, contenders, settings };
  return `
    import { benchRow } from ${JSON.stringify(pathToFileURL(join(bench, 'bench-row.mjs')))};
    import { ResultFiles } from ${JSON.stringify(pathToFileURL(join(bench, 'results.mjs')))};
    const uses = ${JSON.stringify(uses)};
    const use = async () => (uses.length > 1 ? uses.shift() : uses[0]);
    await benchRow({
      ...${JSON.stringify({ parts: known, measuredOn, isForced, runsFolder: join(folder, 'runs') })},
      files: new ResultFiles(${JSON.stringify(folder)}, [${JSON.stringify(row)}]),
      wait: { minutes: ${minutes}, pauseMs: 20, use },
      say: (line) => process.stderr.write(line + '\\n'),
    });`;
}

interface Row {
  readonly machineBefore: object;
  readonly contenders: Readonly<Record<string, { readonly error?: string; readonly steps: number }>>;
  readonly settings: { readonly repetitions: number };
  readonly machine: { readonly commit: string };
}

function folderOf(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
}

const words = (options: Bench): string[] => ['--input-type=module', '-e', programOf(options)];

function runBench(options: Bench): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, words(options), { encoding: 'utf8' });
}

function rowIn(folder: string): Row {
  const { rows } = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8')) as { rows: { row: Row } };
  return rows.row;
}

const logOf = (folder: string): string => readFileSync(join(folder, 'log'), 'utf8').replaceAll('\n', '');

async function until(isDone: () => boolean, child: ChildProcess): Promise<void> {
  while (!isDone()) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`);
    await pause(20);
  }
}

(isBuilt ? describe : describe.skip)('the bench', () => {
  it('runs contenders forth and back, and writes figures, page and the state of the machine before', () => {
    const folder = folderOf('order');
    expect(runBench({ folder, repetitions: 3 })).toMatchObject({ status: 0 });
    expect(logOf(folder)).toBe('ABBAAB');
    expect(rowIn(folder)).toMatchObject({
      machineBefore: { busyPercent: 1, stealPercent: 0.5 },
      contenders: { A: { steps: 6 }, B: { steps: 6 } },
    });
    expect(readFileSync(join(folder, 'performance.md'), 'utf8')).toContain('idle before (1 % in use, 0.5 % stolen).');
    expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  });

  it.each([
    ['slower', 'twice', [11, 12], 'ABCCBAABBA', 4],
    ['faster', 'always', [9, 12], 'ABCCBAABCCBA', 8],
  ])('runs a further mode of a peer, when it is the %s one, %s', (name, _runs, modeStepMs, order, steps) => {
    const folder = folderOf(name);
    expect(runBench({ folder, repetitions: 4, modeStepMs }).status).toBe(0);
    expect(logOf(folder)).toBe(order);
    expect(rowIn(folder).contenders['C'].steps).toBe(steps);
  });

  it('keeps a row of which a further mode failed', () => {
    const folder = folderOf('mode-failure');
    expect(runBench({ folder, repetitions: 3, modeStepMs: [] }).status).toBe(0);
    expect(logOf(folder)).toBe('ABCCBAAB');
    expect(rowIn(folder).contenders['C'].error).toContain('no luck');
  });

  it('waits while the machine is busy, also by what other machines take of it', () => {
    const folder = folderOf('wait');
    const uses = [{ busyPercent: 40 }, { busyPercent: 3, stealPercent: 2 }, { busyPercent: 4.9 }];
    const { status, stderr } = runBench({ folder, uses, minutes: 5 });
    expect(status).toBe(0);
    expect(stderr).toContain('the machine is busy (40 % in use): waiting up to 5 minutes');
    expect(rowIn(folder).machineBefore).toEqual({ busyPercent: 4.9 });
  });

  it('goes on after the longest wait, and says that the machine was busy', () => {
    const folder = folderOf('busy');
    const { status, stderr } = runBench({ folder, uses: [{ busyPercent: 40 }], minutes: 0.002 });
    expect(status).toBe(0);
    expect(stderr).toContain('the machine is busy (40 % in use): ratios are rough');
    expect(readFileSync(join(folder, 'performance.md'), 'utf8')).toContain('not idle before (40 % in use): times');
  });

  it('keeps figures of an idle machine from those of a busy one, unless it is forced', () => {
    const folder = folderOf('idle');
    const busy = { folder, uses: [{ busyPercent: 40 }], commit: 'def5678' };
    runBench({ folder });
    const { status, stderr } = runBench(busy);
    expect(status).toBe(0);
    expect(stderr).toContain('row: these figures are not kept: the machine was busy');
    expect(rowIn(folder).machine.commit).toBe('abc1234');
    runBench({ ...busy, isForced: true });
    expect(rowIn(folder).machine.commit).toBe('def5678');
    runBench({ folder });
    expect(rowIn(folder).machine.commit).toBe('abc1234');
  });

  it('keeps figures of more runs from those of fewer, unless it is forced', () => {
    const folder = folderOf('fewer');
    runBench({ folder, repetitions: 2 });
    const { stderr } = runBench({ folder, repetitions: 1 });
    expect(stderr).toContain('not kept: they are of 1 runs, those that are there of 2');
    expect(rowIn(folder).settings.repetitions).toBe(2);
    runBench({ folder, repetitions: 1, isForced: true });
    expect(rowIn(folder).settings.repetitions).toBe(1);
  });

  it('ends with 1 when a contender fails, and keeps older figures even if forced; good runs are taken later', () => {
    const folder = folderOf('failure');
    const luck = join(folder, 'luck');
    runBench({ folder });
    const failing = { folder, failsUnless: luck, repetitions: 3 };
    const { status, stderr } = runBench({ ...failing, isForced: true });
    expect(status).toBe(1);
    expect(stderr).toContain('not kept: a contender failed');
    expect(rowIn(folder).contenders['B']).toMatchObject({ steps: 4 });
    writeFileSync(luck, '');
    rmSync(join(folder, 'log'));
    expect(runBench(failing).status).toBe(0);
    expect(logOf(folder)).toBe('BBB');
    expect(rowIn(folder).contenders).toMatchObject({ A: { steps: 6 }, B: { steps: 6 } });
  });

  it('writes a row that failed where there are no older figures', () => {
    const folder = folderOf('first-failure');
    expect(runBench({ folder, failsUnless: join(folder, 'luck') }).status).toBe(1);
    expect(rowIn(folder).contenders['B'].error).toContain('no luck');
  });

  it('goes on with a row that was killed: same commit and settings, else from the start', async () => {
    const folder = folderOf('killed');
    const luck = join(folder, 'luck');
    const hanging = { folder, hangsUnless: luck };
    const child = spawn(process.execPath, words({ ...hanging, uses: [{ busyPercent: 30 }] }), {
      ...{ stdio: 'ignore', detached: true },
    });
    await until(() => existsSync(join(folder, 'log')) && logOf(folder) === 'AB', child);
    process.kill(-child.pid!, 'SIGKILL');
    writeFileSync(luck, '');
    rmSync(join(folder, 'log'));
    const { stderr } = runBench({ ...hanging, date: '2026-12-01' });
    expect(logOf(folder)).toBe('BBA');
    expect(stderr).toContain('1/2 A: 100.00 images/s, 50 MB (measured before)');
    // The busier of both looks at the machine counts.
    expect(rowIn(folder).machineBefore).toEqual({ busyPercent: 30 });
  });

  it.each([
    ['another commit', { commit: 'def5678' }],
    ['other settings', { repetitions: 3 }],
    ['local changes', { hasLocalChanges: true }],
  ])('does not go on with runs of %s', (name, change) => {
    const folder = folderOf(name);
    const luck = join(folder, 'luck');
    const failing = { folder, failsUnless: luck, ...(name === 'local changes' ? change : {}) };
    expect(runBench(failing).status).toBe(1);
    writeFileSync(luck, '');
    rmSync(join(folder, 'log'));
    runBench({ ...failing, ...change });
    expect(logOf(folder).slice(0, 4)).toBe('ABBA');
  });
});

(isBuilt ? describe : describe.skip)('the lock of the bench', () => {
  const script = pathToFileURL(join(bench, 'one-bench.mjs')).href;
  const program = `const { lockBench } = await import(${JSON.stringify(script)}); lockBench(process.argv[1]);`;
  const lock = (path: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program, path], { encoding: 'utf8' });

  it('refuses a second bench by the number of the first, and takes over from a dead one', () => {
    const path = join(root, 'lock');
    const first = acquireLock(path, () => new Error('held'));
    const refused = lock(path);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain(`bench: process ${process.pid} runs a bench here`);
    first.release();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(path, JSON.stringify({ pid, host: hostname(), startedAt: '' }));
    expect(lock(path).status).toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});

describe('the machine that figures are of', () => {
  it('has local changes where files other than the figures themselves differ from the commit', () => {
    const tree = mkdtempSync(join(tmpdir(), 'machine-'));
    const git = (...words: string[]): void => {
      const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
      expect(spawnSync('git', [...identity, ...words], { cwd: tree }).status).toBe(0);
    };
    const hasChanges = (): unknown => {
      const program =
        'import("./scripts/bench/machine.mjs").then(({ machine }) => console.log(JSON.stringify(machine())))';
      const { stdout } = spawnSync(process.execPath, ['-e', program], { cwd: tree, encoding: 'utf8' });
      return (JSON.parse(stdout) as { hasLocalChanges?: boolean }).hasLocalChanges;
    };
    try {
      for (const folder of ['results', 'docs', 'scripts/bench']) mkdirSync(join(tree, folder), { recursive: true });
      copyFileSync(join(bench, 'machine.mjs'), join(tree, 'scripts/bench/machine.mjs'));
      const files = ['results/bench.json', 'docs/performance.md', 'docs/other.md'];
      for (const file of files) writeFileSync(join(tree, file), 'before');
      git('init', '-q');
      git('add', '.');
      git('commit', '-q', '-m', 'all');
      expect(hasChanges()).toBeUndefined();
      for (const file of files.slice(0, 2)) writeFileSync(join(tree, file), 'after');
      expect(hasChanges()).toBeUndefined();
      writeFileSync(join(tree, files[2]), 'after');
      expect(hasChanges()).toBe(true);
    } finally {
      rmSync(tree, { recursive: true });
    }
  });
});

(isBuilt && process.platform === 'linux' ? describe : describe.skip)('a process group', () => {
  it('counts the memory of workers, and none of them is left after its end', () => {
    const script = pathToFileURL(join(bench, 'process-group.mjs')).href;
    const holding = (mb: number) => `globalThis.held = Buffer.alloc(${mb} * 2 ** 20, 1);`;
    const worker = `${holding(150)} console.log(process.pid); setInterval(() => {}, 1000);`;
    const leader = `${holding(50)}
      const { spawn } = require('node:child_process');
      for (let i = 0; i < 2; i++) spawn(process.execPath, ['-e', ${JSON.stringify(worker)}], { stdio: 'inherit' });
      setInterval(() => {}, 1000);`;
    const program = `
      import { spawn } from 'node:child_process';
      import { readdirSync, readFileSync } from 'node:fs';
      import { groupPeakMb, killGroup } from ${JSON.stringify(script)};
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(leader)}], {
        ...{ detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
      });
      let seen = '';
      for await (const part of child.stdout) if ((seen += part).split('\\n').length === 3) break;
      const peakMb = groupPeakMb(child.pid);
      await killGroup(child.pid);
      console.log(JSON.stringify({ peakMb, workers: seen.trim().split('\\n') }));
      process.exit();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const { peakMb, workers } = JSON.parse(stdout) as { peakMb: number; workers: string[] };
    expect(workers).toHaveLength(2);
    // A dead process that nobody has asked about is still listed, without memory.
    const held = workers.map((pid) => `/proc/${pid}/statm`).filter((file) => existsSync(file));
    expect(held.map((file) => readFileSync(file, 'utf8').split(' ')[0])).toEqual(held.map(() => '0'));
    // 50 + 2 · 150, and what Node itself takes three times.
    expect(peakMb).toBeGreaterThan(350);
    expect(peakMb).toBeLessThan(600);
  });
});

(isBuilt ? describe : describe.skip)('the bench on a GPU', () => {
  // Without nvidia-smi on the path.
  const env = { ...process.env, PATH: mkdtempSync(join(root, 'empty-')), CUDA_VISIBLE_DEVICES: '-1' };

  it.each([
    [['resnet50', '--device', 'gpu'], 'bench: nvidia-smi shows no GPU on this machine.'],
    [['voc-eval', '--device', 'gpu'], 'bench: no row or group for GPUs is named voc-eval.'],
    [['--device', 'gpus'], 'Did you mean gpu?'],
  ])('is refused where it cannot be: %j', (argv, message) => {
    const { status, stderr } = spawnSync(process.execPath, [join(bench, 'main.mjs'), ...argv], {
      encoding: 'utf8',
      env,
    });
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  it.each(['resnet50-float32', 'retinanet-infer-512-bfloat16', 'training-files-float32'])('has a row of %s', (name) => {
    const argv = [join(bench, 'main.mjs'), '--device', 'gpu', '--list'];
    expect(spawnSync(process.execPath, argv, { encoding: 'utf8', env }).stdout).toContain(`${name}-gpu `);
  });

  it('makes our contender fail when TensorFlow has none, instead of measuring the processor', () => {
    const options = { model: 'resnet20', imageSize: 32, numClasses: 2, precision: 'float32', batchSize: 1, threads: 1 };
    const argv = [join(bench, 'rows/classifier-step.mjs'), JSON.stringify({ ...options, device: 'gpu' })];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env });
    expect(status).toBe(1);
    expect(stderr).toContain('TensorFlow has no GPU here: npm run doctor says why');
  });

  (hasPeers ? it : it.skip)('makes a peer fail when PyTorch has none', () => {
    const argv = [join(__dirname, '../scripts/peers/torch_classifier.py'), JSON.stringify({ device: 'gpu' })];
    const { status, stderr } = spawnSync(peersPython, argv, { encoding: 'utf8', env });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^torch .* finds no NVIDIA GPU/m);
  });
});

describe('the law of a curve', () => {
  const script = pathToFileURL(join(bench, 'growth.mjs')).href;
  const lawOf = (points: readonly object[]): { exponent?: number } => {
    const program = `import { growthOf } from ${JSON.stringify(script)};
      console.log(JSON.stringify(growthOf({ of: 'x', at: [1, 2, 4] }, ${JSON.stringify(points)})));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    return JSON.parse(stdout) as { exponent?: number };
  };

  it('is the slope through the logarithms, and is left out when a point failed', () => {
    expect(lawOf([{ fastestMs: 3 }, { fastestMs: 12 }, { fastestMs: 48 }])).toEqual({
      of: 'x',
      at: [1, 2, 4],
      exponent: 2,
    });
    expect(lawOf([{ fastestMs: 5 }, { fastestMs: 7 }, { fastestMs: 5 }]).exponent).toBe(0);
    expect(lawOf([{ fastestMs: 5 }, { error: 'no memory' }, { fastestMs: 5 }])).toEqual({ of: 'x', at: [1, 2, 4] });
  });
});
