import { copyFileSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@featuremine/random';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { flagWords, isBuilt, pause, startCli, untilMetrics } from './support/cli-process';
import type { CliProcess, Ended, Program } from './support/cli-process';
import { lastStep, runResult } from './support/run-state';
import { writeShapesFolder } from './support/shapes-folder';

const isLong = process.env['FEATUREMINE_LONG'] === '1';
jest.setTimeout(isLong ? 3_600_000 : 240_000);

const folder = mkdtempSync(join(tmpdir(), 'survive-'));
const voc = join(folder, 'VOCdevkit');
const photos = join(folder, 'photos');
afterAll(() => rmSync(folder, { recursive: true }));

/** Everything with a state of its own: averages, statistics, a moving normaliser, augmentation, threads. */
const common = { workers: 2, epochs: 2, ema: 0.9, 'log-every': 1, 'checkpoint-every': 3 };
const cases: Record<'classification' | 'detection', { program: Program; argv: string[] }> = {
  classification: {
    program: 'backbone-pretrain',
    argv: [
      ...['train', ...flagWords({ dataset: 'folder', data: photos, model: 'resnet20', 'image-size': 32 })],
      ...flagWords({ 'batch-size': 8, 'feature-mining': 2 }),
      ...flagWords({ mixup: 1, dropout: 'block', 'label-noise': 0.2, ...common }),
    ],
  },
  detection: {
    program: 'retinanet',
    argv: [
      ...['train', ...flagWords({ voc, train: '2007/train', val: '2007/val', model: 'resnet18', 'image-size': 64 })],
      ...flagWords({ 'batch-size': 2, 'loss-normalizer': 'ema', 'repeat-threshold': 0.9, optimizer: 'adamw' }),
      ...['--set', 'colourJitter.brightness=0.3', ...flagWords(common)],
    ],
  },
};

type Interruption = 'lost data' | 'SIGINT' | 'SIGTERM' | 'SIGKILL';
const interruptions: Record<keyof typeof cases, readonly Interruption[]> = {
  classification: ['lost data', 'SIGINT', 'SIGKILL'],
  detection: ['lost data', 'SIGTERM', 'SIGKILL'],
};
const codes = { 'lost data': 2, SIGINT: 130, SIGTERM: 143 };

/** Where the images of training are, and what the message says of one that is gone. */
const images = {
  classification: { folder: join(photos, 'train'), gone: /train\/\w+\/\d+\.png: there is no such file/ },
  detection: { folder: join(voc, 'VOC2007/JPEGImages'), gone: /JPEGImages\/\d+\.jpg: there is no such file/ },
};

async function interrupt(kind: keyof typeof cases, child: CliProcess, interruption: Interruption): Promise<Ended> {
  if (interruption !== 'lost data') {
    child.kill(interruption);
    return child.ended;
  }
  const here = images[kind].folder;
  const away = `${here}-away`;
  renameSync(here, away);
  try {
    return await child.ended;
  } finally {
    renameSync(away, here);
  }
}

const start = (kind: keyof typeof cases, out: string, ...argv: string[]): CliProcess =>
  startCli(cases[kind].program, [...cases[kind].argv, '--out', out, ...argv]);

async function finish(kind: keyof typeof cases, out: string, ...argv: string[]): Promise<void> {
  const { code, stderr } = await start(kind, out, ...argv).ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
}

(isBuilt ? describe : describe.skip).each(['classification', 'detection'] as const)('a %s run with threads', (kind) => {
  const whole = join(folder, `${kind}-whole`);

  beforeAll(async () => {
    const counts = { train: 8, val: 2 };
    const classNames = ['circle', 'square'];
    if (kind === 'detection')
      await makeShapesDevkit({ folder: voc, seed: 5, counts, classNames, imageSides: [96, 128] });
    else await writeShapesFolder(photos, { train: 160, test: 20, sidePx: 40 });
    await finish(kind, whole);
  });

  it(`ends with the same bits after ${interruptions[kind].join(', ')} and resumes within epochs`, async () => {
    const out = join(folder, `${kind}-parts`);
    for (const interruption of interruptions[kind]) {
      const before = lastStep(out);
      const child = start(kind, out, ...(before > 0 ? ['--resume'] : []));
      await untilMetrics(out, before + 2, child);
      const { code, signal, stderr } = await interrupt(kind, child, interruption);
      if (interruption === 'SIGKILL') {
        expect(signal).toBe('SIGKILL');
        expect(lastStep(out)).toBeGreaterThanOrEqual(before);
        continue;
      }
      expect([code, stderr]).toEqual([codes[interruption], expect.stringMatching(/go on with --resume/)]);
      expect(lastStep(out)).toBeGreaterThan(before);
      if (interruption === 'lost data') expect(stderr).toMatch(images[kind].gone);
    }
    await finish(kind, out, '--resume');
    expect(runResult(out)).toEqual(runResult(whole));
  });

  const kills = isLong ? 20 : 0;
  (isLong ? it : it.skip)(`ends with the same bits after ${kills} SIGKILLs at random moments`, async () => {
    const random = Random.of(31, kind);
    let out = join(folder, `${kind}-killed-0`);
    for (let kill = 1; kill <= kills; kill++) {
      const before = lastStep(out);
      const child = start(kind, out, '--resume');
      await Promise.race([pause(random.uniform(500, 8000)), child.ended]);
      child.kill('SIGKILL');
      const { code } = await child.ended;
      expect([null, 0]).toContain(code);
      expect(lastStep(out)).toBeGreaterThanOrEqual(before);
      if (code === null) continue;
      expect(runResult(out)).toEqual(runResult(whole));
      out = join(folder, `${kind}-killed-${kill}`);
    }
    await finish(kind, out, '--resume');
    expect(runResult(out)).toEqual(runResult(whole));
  });

  // The last one: it changes the data and the whole run.
  it('takes more epochs when it is finished, and names the data that changed meanwhile', async () => {
    changeTrainingData(kind);
    const argv = cases[kind].argv.map((word, i, words) => (words[i - 1] === '--epochs' ? '3' : word));
    const { code, stderr } = await startCli(cases[kind].program, [...argv, '--out', whole, '--resume']).ended;
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(stderr).toMatch(/resuming, but not as it was: data: training images was .* and is now /);
    expect(stderr).toMatch(/resuming, but not as it was: config: epochs was 2 and is now 3/);
    expect(stderr).not.toMatch(/(validation|test) images was/);
    expect(JSON.parse(readFileSync(join(whole, 'summary.json'), 'utf8'))).toMatchObject({ epochs: 3 });
  });
});

/** One image more, or one object more in an image. */
function changeTrainingData(kind: keyof typeof cases): void {
  if (kind === 'classification') {
    const circles = join(photos, 'train/circle');
    copyFileSync(join(circles, readdirSync(circles)[0]), join(circles, 'added.png'));
    return;
  }
  const file = join(voc, 'VOC2007/Annotations/000001.xml');
  const box = '<xmin>3</xmin><ymin>3</ymin><xmax>40</xmax><ymax>40</ymax>';
  const object = `<object><name>circle</name><difficult>0</difficult><bndbox>${box}</bndbox></object>`;
  writeFileSync(file, readFileSync(file, 'utf8').replace('</annotation>', `${object}</annotation>`));
}
