import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { isBuilt } from './support/cli-process';
import { hasPeers } from './support/peers';

const root = join(__dirname, '..');
const runs = isBuilt && hasPeers && process.env['FEATUREMINE_LONG'] === '1';

jest.setTimeout(1_200_000);

const folder = mkdtempSync(join(tmpdir(), 'compare-'));
const voc = join(folder, 'VOCdevkit');
afterAll(() => rmSync(folder, { recursive: true }));

function compare<T>(script: 'bccd' | 'curves', ...argv: readonly string[]): T {
  const [out, results] = ['out', 'results'].map((name) => join(folder, `${script}-${name}`)) as [string, string];
  const words = [join(root, `scripts/compare/${script}.mjs`), '--out', out, '--results', results, ...argv];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(readFileSync(join(results, `compare-${script}.json`), 'utf8')) as T;
}

(isBuilt ? describe : describe.skip)('compare:bccd', () => {
  it('refuses the folder of a comparison with other options, by name', async () => {
    const devkit = join(folder, 'refused', 'VOCdevkit');
    await makeShapesDevkit({ folder: devkit, seed: 7, counts: { train: 2, test: 2 } });
    const out = join(folder, 'refused', 'out');
    mkdirSync(out);
    writeFileSync(join(out, 'options.json'), JSON.stringify({ epochs: 1, smoke: true }));
    const words = [join(root, 'scripts/compare/bccd.mjs'), '--voc', devkit, '--out', out];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(stderr).toMatch(/out: a comparison with other options \(epochs: 1, smoke: true, /);
    expect(status).toBe(2);
  });
});

(runs ? describe : describe.skip)('the comparisons with torchvision', () => {
  it('train both sides on one plan, and judge them by one evaluator', async () => {
    const counts = { train: 16, test: 8 };
    await makeShapesDevkit({ folder: voc, seed: 7, counts, classNames: ['circle', 'square'], imageSides: [240, 320] });
    interface Summary {
      settings: { train: number; test: number };
      runs: { side: string; seed: number; AP50: number; trainingSeconds: number; version: string }[];
    }
    const { settings, runs: rows } = compare<Summary>('bccd', '--voc', voc, '--smoke', '--seeds', '1');
    expect(settings).toMatchObject({ train: 16, test: 8 });
    expect(rows.map(({ side, seed }) => [side, seed])).toEqual([
      ['torchvision', 0],
      ['ours', 0],
    ]);
    for (const { AP50, trainingSeconds } of rows) {
      expect(AP50).toBeGreaterThanOrEqual(0);
      expect(trainingSeconds).toBeGreaterThan(0);
    }
    expect(rows.map(({ version }) => version.split(' ')[0])).toEqual(['torch', 'tensorflow']);
  });

  it('have the same losses at the start, from the same weights on the same batches', () => {
    interface Summary {
      largestRelativeDifference: { ours: Record<string, number> };
      ours: object[];
      torchvision: object[];
    }
    const { largestRelativeDifference, ours, torchvision } = compare<Summary>('curves', '--steps', '3');
    expect([ours.length, torchvision.length]).toEqual([3, 3]);
    expect(largestRelativeDifference.ours['first 1']).toBeLessThan(1e-5);
    expect(existsSync(join(folder, 'curves-results', 'compare-curves.svg'))).toBe(true);
  });
});
