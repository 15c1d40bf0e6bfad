import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommands } from '@featuremine/command-line';
import { compareRunsCommand } from '../src';
import type { Summary } from '../src';

const folder = mkdtempSync(join(tmpdir(), 'compared-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface RunContent {
  readonly summary?: Partial<Summary>;
  readonly config?: object;
  readonly data?: object;
  readonly mAP?: readonly number[];
}

/** A run folder as a training leaves it. */
function makeRun(name: string, { summary, config, data, mAP = [0.25, 0.5] }: RunContent): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const write = (file: string, value: object): void => writeFileSync(join(path, file), JSON.stringify(value));
  const epochs = mAP.map((value, i) => ({ epoch: i + 1, metrics: { mAP: value, 'train/loss': 2 / (i + 1) } }));
  write('config.json', { lr: 0.01, colourJitter: { hue: 0 }, out: path, ...config });
  write('data.json', { training: '100 images, aa', ...data });
  write('summary.json', {
    stoppedBy: 'finished',
    bestMetric: { name: 'mAP', mode: 'max' },
    best: epochs.reduce((a, b) => (b.metrics.mAP > a.metrics.mAP ? b : a)),
    last: epochs.at(-1),
    ...{ epochs: mAP.length, steps: 10 * mAP.length, parameters: 5, imagesPerSecond: 12.34, peakRssBytes: 1 },
    ...{ seconds: 61, ranks: 1, device: 'CPU', versions: { node: '20.20.2' } },
    ...summary,
  });
  const lines = epochs.map(({ epoch, metrics }) =>
    JSON.stringify({ kind: 'epoch', epoch, step: 10 * epoch, ...metrics }),
  );
  writeFileSync(join(path, 'metrics.jsonl'), `${lines.join('\n')}\n`);
  return path;
}

async function compareRuns(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const code = await runCommands({
    ...{ name: 'program', summary: '', commands: [compareRunsCommand('program')] },
    argv: ['compare-runs', ...argv],
    stdout: { write: (text: string) => ((stdout += text), true) },
    stderr: { write: (text: string) => ((stderr += text), true) },
  });
  return { code, stdout, stderr };
}

const rowsOf = (text: string): string[][] => text.split('\n').map((line) => line.split(/ {2,}/));

describe('compare-runs', () => {
  it('prints what each run reached, in the order given, and in what they differ', async () => {
    const first = makeRun('a', { mAP: [0.25, 0.75, 0.5] });
    const second = makeRun('b', {
      config: { lr: 0.02, colourJitter: { hue: 0.1 }, classes: ['x'] },
      data: { training: '90 images, bb' },
      summary: { stoppedBy: 'running', versions: { node: '22.0.0' }, ranks: 2 },
    });
    const { code, stdout } = await compareRuns(first, second);
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows[0]).toEqual(
      ['run', 'ended', 'epochs', 'steps'].concat(['best mAP', 'of epoch', 'last mAP', 'last loss', 'images/s', 'time']),
    );
    expect(rows[2]).toEqual(['a', 'finished', '3', '30', '0.7500', '2', '0.5000', '0.6667', '12.3', '1 min 01 s']);
    expect(rows[3].slice(0, 7)).toEqual(['b', 'running', '2', '20', '0.5000', '2', '0.5000']);
    expect(rows.slice(7, -1)).toEqual([
      ['option lr', '0.01', '0.02'],
      ['option colourJitter.hue', '0', '0.1'],
      ['option classes', '–', '["x"]'],
      ['data training', '100 images, aa', '90 images, bb'],
      ['processes', '1', '2'],
      ['version node', '20.20.2', '22.0.0'],
    ]);
  });

  it('gives each of other metrics its columns, the best under its own alone', async () => {
    const detector = makeRun('detector', {});
    const classifier = makeRun('classifier', {
      summary: {
        bestMetric: { name: 'top1', mode: 'max' },
        best: { epoch: 1, metrics: { top1: 0.875 } },
        last: { epoch: 2, metrics: { top1: 0.5 } },
      },
    });
    const { stdout } = await compareRuns(detector, classifier, '--json');
    const { runs, differences } = JSON.parse(stdout) as { runs: { path: string; summary: Summary }[]; differences: [] };
    expect(runs.map(({ path, summary }) => [path, summary.best?.epoch])).toEqual([
      [detector, 2],
      [classifier, 1],
    ]);
    expect(differences).toEqual([]);
    const rows = rowsOf((await compareRuns(detector, classifier)).stdout);
    expect(rows[2].slice(4, 10)).toEqual(['0.5000', '2', '0.5000', '–', '–', '–']);
    expect(rows[3].slice(4, 10)).toEqual(['–', '–', '–', '0.8750', '1', '0.5000']);
  });

  it('calls runs by the part of their paths that differs', async () => {
    const both = [makeRun('seeds/0/detector', {}), makeRun('seeds/1/detector', {})];
    const rows = rowsOf((await compareRuns(...both)).stdout);
    expect([rows[2][0], rows[3][0]]).toEqual(['0', '1']);
  });

  it('writes a page with one line a run in each chart', async () => {
    const report = join(folder, 'page.html');
    const { code } = await compareRuns(makeRun('one', {}), makeRun('two', {}), '--report', report);
    expect(code).toBe(0);
    const page = readFileSync(report, 'utf8');
    expect(page.match(/<polyline/g)).toHaveLength(4); // mAP and loss of both
    expect(page).toContain('Options, data, versions and device are the same.');
    expect(page.match(/<\/i>(one|two)<\/span>/g)).toHaveLength(4);
  });

  it.each([
    ['one folder', ['one']],
    ['no run', ['one', 'nowhere']],
  ])('refuses %s', async (_, names) => {
    makeRun('one', {});
    const { code, stderr } = await compareRuns(...names.map((name) => join(folder, name)));
    expect(code).toBe(2);
    expect(stderr).toMatch(names.length === 1 ? /two to 8 run folders/ : /nowhere: no config.json/);
  });

  it('refuses a run before its first epoch, by name', async () => {
    const early = makeRun('early', {});
    rmSync(join(early, 'summary.json'));
    const { code, stderr } = await compareRuns(makeRun('one', {}), early);
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(early, 'summary.json')}: no summary of a training`);
  });
});
