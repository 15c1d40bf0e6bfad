import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { runCli } from './run-cli';
import type { CliResult } from './run-cli';

jest.setTimeout(600_000);

const folder = mkdtempSync(join(tmpdir(), 'retinanet-overfit-'));
const voc = join(folder, 'VOCdevkit');
beforeAll(async () => {
  const counts = { train: 10 };
  await makeShapesDevkit({ folder: voc, seed: 1, counts, imageSides: [128, 128], objectCounts: [1, 2] });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Summary {
  best: { metrics: { mAP: number } };
  isLearnt: boolean;
  diagnosis: string[];
}

function run(name: string, ...flags: string[]): Promise<CliResult> {
  const shape = ['--model', 'resnet18', '--image-size', '96', '--batch-size', '8', '--workers', '0'];
  return runCli('overfit', '--voc', voc, '--train', '2007/train', ...shape, ...flags, '--out', join(folder, name));
}

async function overfit(name: string, ...budget: string[]): Promise<{ exitCode: number; summary: Summary }> {
  const { exitCode, stdout } = await run(name, ...budget, '--json');
  return { exitCode, summary: JSON.parse(stdout) as Summary };
}

describe('retinanet overfit', () => {
  it('tells with --dry-run what it would train, on what data and for how long, and writes nothing', async () => {
    const printed = await run('dry', '--dry-run');
    expect(printed.stdout).toMatch(/^training images +8 images/m);
    expect(printed.stdout).toMatch(/^steps +200 \(200 epochs of 1, 8 images each\)$/m);
    const { exitCode, stdout } = await run('dry', '--dry-run', '--json');
    expect(exitCode).toBe(0);
    const { stoppedBy, plan } = JSON.parse(stdout) as { stoppedBy: string; plan: object };
    expect(stoppedBy).toBe('dry-run');
    const seconds = expect.any(Number) as number;
    expect(plan).toMatchObject({
      ...{ epochs: 200, stepsPerEpoch: 1, steps: 200, imagesPerStep: 8, measuredSteps: 3 },
      ...{ firstStepSeconds: seconds, secondsPerStep: seconds, estimatedSeconds: seconds },
      config: { imageSize: '96', limit: 8, lr: 0.0005, out: join(folder, 'dry') },
    });
    expect(existsSync(join(folder, 'dry'))).toBe(false);
  });

  it('learns eight drawn images by heart', async () => {
    const { exitCode, summary } = await overfit('run', '--epochs', '80', '--evaluate-every', '20', '--lr', '0.001');
    expect(exitCode).toBe(0);
    expect(summary.best.metrics.mAP).toBeGreaterThanOrEqual(0.95);
    expect(summary).toMatchObject({ isLearnt: true, diagnosis: [] });
  });

  it('ends with code 2, a diagnosis and the run where they are not learnt', async () => {
    const { exitCode, summary } = await overfit('short', '--epochs', '1', '--evaluate-every', '1');
    expect(exitCode).toBe(2);
    expect(summary.isLearnt).toBe(false);
    expect(summary.diagnosis[0]).toMatch(/^One epoch is too little .* Give it more --epochs\.$/);
    expect(existsSync(join(folder, 'short', 'report.html'))).toBe(true);
  });
});
