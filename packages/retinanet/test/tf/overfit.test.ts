import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { runCli } from './run-cli';

jest.setTimeout(600_000);

describe('retinanet overfit', () => {
  it('learns eight drawn images by heart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'retinanet-overfit-'));
    const voc = join(folder, 'VOCdevkit');
    await makeShapesDevkit({
      folder: voc,
      seed: 1,
      counts: { train: 10 },
      imageSides: [128, 128],
      objectCounts: [1, 2],
    });
    const argv = [
      '--voc',
      voc,
      '--train',
      '2007/train',
      '--model',
      'resnet18',
      '--image-size',
      '96',
      '--batch-size',
      '8',
    ];
    const budget = ['--epochs', '80', '--evaluate-every', '20', '--lr', '0.001', '--workers', '0'];
    const { exitCode, stdout } = await runCli('overfit', ...argv, ...budget, '--out', join(folder, 'run'), '--json');
    expect(exitCode).toBe(0);
    const summary = JSON.parse(stdout) as { best: { metrics: { mAP: number } }; isLearnt: boolean };
    expect(summary.best.metrics.mAP).toBeGreaterThanOrEqual(0.95);
    expect(summary.isLearnt).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
