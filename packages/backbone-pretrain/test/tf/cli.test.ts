import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/cli';
import { temporaryFolder, writeStripes } from '../stripes';

jest.setTimeout(60_000);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...argv: string[]): Promise<Outcome> {
  const [stdout, stderr]: string[][] = [[], []];
  const stream = (lines: string[]) => ({ write: (text: string) => lines.push(text) > 0 });
  const code = await main(argv, { stdout: stream(stdout), stderr: stream(stderr) });
  process.exitCode = 0;
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('backbone-pretrain', () => {
  const data = writeStripes({ train: 40, test: 20 });
  const out = join(temporaryFolder(), 'run');
  const defaults = { model: 'resnet20', 'batch-size': 20, epochs: 1, workers: 0, threads: 2 };
  const train = (flags: Readonly<Record<string, string | number>>): string[] => [
    'train',
    ...Object.entries({ ...defaults, ...flags }).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
  const stripes = { dataset: 'cifar10', data };

  it('trains, and evaluates the run, with one JSON object on stdout each', async () => {
    const trained = await run(...train({ ...stripes, out, 'feature-mining': 1 }), '--json');
    expect(trained.code).toBe(0);
    expect(JSON.parse(trained.stdout)).toMatchObject({ epochs: 1, model: 'resnet20', featureMining: 1, imageSize: 32 });
    const evaluated = await run(
      'eval',
      '--run',
      out,
      '--dataset',
      'cifar10',
      '--data',
      data,
      '--workers',
      '0',
      '--json',
    );
    expect(evaluated.code).toBe(0);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ images: 20, dataset: 'cifar10' });
  });

  it('tells with --dry-run what it would train, on what data and for how long, and writes nothing', async () => {
    const folder = join(temporaryFolder(), 'run');
    const argv = [...train({ ...stripes, out: folder, epochs: 3 }), '--dry-run'];
    const printed = await run(...argv);
    expect(printed.stdout).toMatch(/^training images +40 images/m);
    expect(printed.stdout).toMatch(/^steps +6 \(3 epochs of 2, 20 images each\)$/m);
    const { code, stdout } = await run(...argv, '--json');
    expect(code).toBe(0);
    const { stoppedBy, plan } = JSON.parse(stdout) as { stoppedBy: string; plan: object };
    expect(stoppedBy).toBe('dry-run');
    const seconds = expect.any(Number) as number;
    expect(plan).toMatchObject({
      ...{ epochs: 3, stepsPerEpoch: 2, steps: 6, imagesPerStep: 20, measuredSteps: 3 },
      ...{ firstStepSeconds: seconds, secondsPerStep: seconds, estimatedSeconds: seconds },
      config: { model: 'resnet20', batchSize: 20, lr: 0.1, out: folder },
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses a folder that holds a run', async () => {
    const { code, stderr } = await run(...train({ ...stripes, out }));
    expect([code, stderr]).toEqual([2, expect.stringContaining('--resume')]);
  });

  it.each([
    ['an unknown network', { model: 'resnet5' }, 'no network is named resnet5'],
    ['mining of a map without room', { model: 'resnet18', 'feature-mining': 2 }, 'layer4 of resnet18: its map is 1x1'],
    ['mining of four stages', { 'feature-mining': 4 }, 'from 0 to 3'],
    ['a batch of more images than there are', { 'batch-size': 41 }, 'there are 40 training images'],
    ['a missing folder', { data: '/nowhere/at/all' }, '/nowhere/at/all'],
    ['an unknown key', { set: 'learning-rate=1' }, 'learning-rate'],
    ['weights that are not there', { weights: '/nowhere.safetensors' }, '/nowhere.safetensors'],
  ])('exits with 2 for %s, and writes nothing', async (_, flags, message) => {
    const folder = join(temporaryFolder(), 'run');
    const { code, stderr } = await run(...train({ ...stripes, out: folder, ...flags }));
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(folder)).toBe(false);
  });

  it('exits with 2 for weights of another network', async () => {
    const other = join(out, 'weights.safetensors');
    const { code, stderr } = await run(...train({ ...stripes, out: `${out}-2`, model: 'resnet56', weights: other }));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/missing \(layer1\.3\.conv1\.weight/)]);
  });

  it('exits with 2 for a data set without a folder', async () => {
    const { code, stderr } = await run(...train({ dataset: 'cifar100', out: `${out}-3` }));
    expect([code, stderr]).toEqual([2, expect.stringContaining('Add --data DIR')]);
  });

  it('reads a recipe, and lets flags change it', async () => {
    const recipe = join(temporaryFolder(), 'recipe.json');
    writeFileSync(
      recipe,
      JSON.stringify({ '//': 'a comment', dataset: 'cifar10', model: 'resnet56', labelSmoothing: 0.1 }),
    );
    const { code, stdout } = await run(...train({ config: recipe, data, out: `${out}-4` }), '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ model: 'resnet20' })]);
  });

  it('exits with 2 for a folder that is no run', async () => {
    const { code, stderr } = await run('eval', '--run', temporaryFolder());
    expect([code, stderr]).toEqual([2, expect.stringContaining('no config.json')]);
  });
});
