import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '..', 'scripts', 'bench', 'performance-page.mjs');

const folder = mkdtempSync(join(tmpdir(), 'performance-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pageOf(rows: Record<string, unknown>): string {
  const path = join(folder, 'bench.json');
  writeFileSync(path, JSON.stringify({ rows }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const machine = {
  ...{ processor: 'A processor', cores: 2, memoryGb: 16, system: 'Linux 6.1' },
  ...{ node: '20.20.2', commit: 'abc1234', date: '2026-11-24' },
  ...{ instructions: ['avx2', 'avx512_bf16'], tensorflow: '2.21.0', kernels: 'own' },
};
const figures = (fastestMs: number, peakRssMb: number): Record<string, number> => ({
  ...{ fastestMs, medianMs: fastestMs + 100, peakRssMb, steps: 25 },
  imagesPerSecond: 16000 / fastestMs,
  medianImagesPerSecond: 16000 / (fastestMs + 100),
});
const row = {
  name: 'resnet50-float32',
  title: 'resnet50 training step, 16x224x224, float32',
  first: 'ours',
  contenders: { ours: figures(1000, 1500), pytorch: figures(1250, 2000), keras: { error: 'out of memory' } },
  ratios: { pytorch: { byFastestStep: 1.25, byMedianStep: 1.227, peakRss: 0.75 } },
  settings: { repetitions: 5, steps: 5, warmup: 3, threads: 2 },
  machineBefore: { busyPercent: 1.2, stealPercent: 0.3 },
  machine,
};

describe('the performance page', () => {
  it('has the rows that were run, with figures, ratios, date, commit and machine, and no others', () => {
    const page = pageOf({ 'resnet50-float32': row });
    expect(page).toContain(
      [
        '## ResNet-50, training step',
        '',
        '### resnet50 training step, 16x224x224, float32',
        '',
        '|  | images/s | median | ours is faster | median | peak RSS | memory |',
        '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
        '| ours | 16.0 | 14.5 |  |  | 1500 MB |  |',
        '| pytorch | 12.8 | 11.9 | 1.250x | 1.227x | 2000 MB | 0.750x |',
        '| keras | failed |  |  |  |  |  |',
        '',
        '`npm run bench -- resnet50-float32`, 2026-11-24, commit abc1234: 5 runs of 5 steps, 2 threads; A processor ' +
          'avx2 avx512_bf16, 2 cores, 16 GB, Linux 6.1, Node 20.20.2, TensorFlow 2.21.0, own kernels. The machine was ' +
          'idle before (1.2 % in use, 0.3 % stolen).',
      ].join('\n'),
    );
    expect(page).not.toContain('bfloat16 |');
    expect(page.match(/^### /gm)).toHaveLength(1);
  });

  it('shows three digits of slow and of fast contenders', () => {
    const contenders = { ours: figures(28_620, 1500), pytorch: figures(74.42, 2000) };
    const page = pageOf({ 'resnet50-float32': { ...row, contenders } });
    expect(page).toContain('| ours | 0.559 | 0.557 |');
    expect(page).toContain('| pytorch | 215 | 91.7 |');
  });

  it('shows what share of a limit ours reaches, without its memory, and the note of the row', () => {
    const contenders = { ours: figures(1000, 1500), limit: { ...figures(640, 700), isLimit: true } };
    const ratios = { limit: { byFastestStep: 0.64, byMedianStep: 0.673, peakRss: 2.1 } };
    const page = pageOf({ 'resnet50-float32': { ...row, contenders, ratios, note: 'limit: what it is.' } });
    expect(page).toContain('| limit | 25.0 | 21.6 | 64 % of it | 67 % of it |  |  |\n\nlimit: what it is.\n\n`npm run');
  });

  it.each([
    ['a faster one', figures(1000, 1), 'fast is 1.250x as fast as pytorch: the faster mode, so compare with it.'],
    ['a slower one', figures(2500, 1), 'pytorch is 2.000x as fast as fast: the faster mode, so it is the contender.'],
    ['one that failed', { error: 'no compiler' }, 'pytorch and fast cannot be compared.'],
    ['none', undefined, 'fast was not measured in this run (`--no-all-modes`): which is faster is not known.'],
  ])('tells a further mode of a peer: %s', (_name, mode, line) => {
    const contenders = { ...row.contenders, ...(mode === undefined ? {} : { fast: mode }) };
    const modes = [{ name: 'fast', of: 'pytorch' }];
    expect(pageOf({ 'resnet50-float32': { ...row, contenders, modes } })).toContain(`\n\n${line}\n\n`);
  });

  it('shows how a cost grows: each point, what it takes for each, and the law', () => {
    const points: [number, number][] = [
      [1, 1950],
      [10, 20],
      [10_000, 250],
    ];
    const contenders = Object.fromEntries(points.map(([at, ms]) => [`images: ${at}`, figures(ms, 100)]));
    const curve = { of: 'images', at: points.map(([at]) => at), exponent: 1.097 };
    const page = pageOf({ 'curve-images': { ...row, name: 'curve-images', contenders, ratios: {}, curve } });
    expect(page).toContain(
      [
        '| images | fastest | median | for each | peak RSS |',
        '| --- | ---: | ---: | ---: | ---: |',
        '| 1 | 1950.0 ms | 2050.0 ms | 1950 ms | 100 MB |',
        '| 10 | 20.0 ms | 120.0 ms | 2.00 ms | 100 MB |',
        '| 10000 | 250.0 ms | 350.0 ms | 25.0 µs | 100 MB |',
        '',
        'Time goes with the power 1.10 of: images (1 is in proportion; a fit of the logarithms).',
      ].join('\n'),
    );
  });

  it('names the GPU of a row that was measured on one, with its flag', () => {
    const settings = { ...row.settings, device: 'gpu' };
    const page = pageOf({
      x: { ...row, name: 'resnet50-float32-gpu', settings, machine: { ...machine, gpus: ['A GPU'] } },
    });
    expect(page).toContain('`npm run bench -- resnet50-float32 --device gpu`, 2026-11-24');
    expect(page).toContain('; A GPU, A processor avx2 avx512_bf16, 2 cores,');
  });

  it('says what the files of a model take', () => {
    const stored = { float32: { ...figures(1000, 900), fileMb: 79.6 }, uint8: { ...figures(1000, 900), fileMb: 20.1 } };
    const web = { ...row, name: 'web-resnet18-v2-128', first: 'float32', contenders: stored, ratios: {} };
    const page = pageOf({ [web.name]: { ...web, settings: { ...row.settings, threads: 1 } } });
    expect(page).toContain('Files: float32 79.6 MB, uint8 20.1 MB.\n');
    expect(page).toContain('5 runs of 5 steps, 1 thread;');
  });

  it('shows times where a row has no images, says when the machine was busy, and the paired interval', () => {
    const page = pageOf({
      'first-step-float32': {
        ...{ ...row, name: 'first-step-float32', title: 'first step', unit: 'seconds' },
        ...{ machineBefore: { load: 1.5 }, machine: { ...machine, hasLocalChanges: true } },
        paired: { rounds: 40, median: 0.9997, low: 1, high: 1.02 },
      },
    });
    expect(page).toContain('| ours | 1.00 s | 1.10 s |  |  | 1500 MB |  |');
    expect(page).toContain(
      'The machine was not idle before (load 1.5): times are rough. Contenders ran in the same order each time.',
    );
    expect(page).toContain('40 rounds: ours takes 1.000x the time (95 %: 1 to 1.02)');
    expect(page).toContain('commit abc1234 with changes: ');
  });
});
