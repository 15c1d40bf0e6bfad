import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@featuremine/random';
import { firstValues } from '@featuremine/tensor-graph';
import { makeStateDict, readSafetensors, writeSafetensors } from '@featuremine/weights';
import { main } from '../../src/cli';
import { createNetwork } from '../../src/create-network';
import { temporaryFolder } from '../stripes';

jest.setTimeout(60_000);

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr]: string[][] = [[], []];
  const stream = (lines: string[]) => ({ write: (text: string) => lines.push(text) > 0 });
  const code = await main(argv, { stdout: stream(stdout), stderr: stream(stderr) });
  process.exitCode = 0;
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** A run folder with an untrained network whose batch norms have statistics. */
function untrainedRun(model: string): string {
  const classNames = ['cross', 'ring', 'triangle'];
  const network = createNetwork(model, { numClasses: classNames.length });
  const random = Random.of(1);
  const values = new Map(
    network.variables.map((variable): [string, Float32Array] => {
      const { name } = variable;
      const first = firstValues(variable, random);
      const isStatistic = /running_(mean|var)$/.test(name);
      return [name, isStatistic ? first.map((value, i) => value + 0.3 * Math.sin(i)) : first];
    }),
  );
  const folder = join(temporaryFolder(), model);
  mkdirSync(folder);
  const shapes = { train: 4, test: 6, seed: 0, classes: classNames };
  const config = { dataset: 'shapes', model, shapes, imageSize: 32, classNames, out: folder };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeSafetensors(join(folder, 'weights.safetensors'), makeStateDict(network.variables, values), { seed: '0' });
  return folder;
}

interface Exported {
  readonly files: string[];
  readonly metadata: {
    input: { shape: number[] };
    outputs: object;
    postProcessing: string;
    provenance: { seed: string };
  };
  readonly verification: { images: number; logits?: number; scores?: number; sameClass: number };
}

describe('backbone-pretrain export', () => {
  const folder = untrainedRun('resnet20');
  const verified = async (...flags: string[]): Promise<Exported> => {
    const argv = ['export', '--run', folder, '--workers', '0', '--verify', '--json', ...flags];
    const { code, stdout, stderr } = await run(...argv);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    return JSON.parse(stdout) as Exported;
  };

  it.each([
    ['saved-model', [], [-1, 32, 32, 3]],
    ['saved-model', ['--input-size', 'dynamic'], [-1, -1, -1, 3]],
    ['tfjs', ['--batch-size', '1'], [1, 32, 32, 3]],
    ['tfjs', ['--input-size', 'dynamic'], [-1, -1, -1, 3]],
    ['onnx', [], [-1, 3, 32, 32]],
    ['onnx', ['--input-size', 'dynamic'], [-1, 3, -1, -1]],
    ['safetensors', [], [-1, 3, 32, 32]],
    ['safetensors', ['--input-size', 'dynamic'], [-1, 3, -1, -1]],
  ])('%s %j equals the network', async (format, flags, shape) => {
    const out = join(temporaryFolder(), format);
    const { metadata, verification } = await verified('--format', format, '--out', out, ...flags);
    expect(metadata.input.shape).toEqual(shape);
    expect(metadata.outputs).toEqual({ logits: expect.objectContaining({ activation: 'softmax' }) as unknown });
    expect(metadata.provenance.seed).toBe('0');
    expect(verification).toMatchObject({ images: 6, sameClass: 6 });
    expect(verification.logits).toBeLessThan(1e-4);
  });

  it.each(['saved-model', 'tfjs', 'onnx'])('%s has the softmax inside when asked', async (format) => {
    const out = join(temporaryFolder(), format);
    const inside = ['--post-processing', 'inside', '--input-size', 'dynamic'];
    const { metadata, verification } = await verified('--format', format, '--out', out, ...inside);
    expect(metadata).toMatchObject({ postProcessing: 'inside', outputs: { scores: { name: 'scores' } } });
    expect(verification).toMatchObject({ images: 6, sameClass: 6 });
    expect(verification.logits).toBeUndefined();
    expect(verification.scores).toBeLessThan(1e-5);
  });

  it.each(['1', '5'])('compares as many images as are asked for: %s', async (count) => {
    const out = join(temporaryFolder(), 'counted');
    const { verification } = await verified(
      '--format',
      'safetensors',
      '--out',
      out,
      '--batch-size',
      '4',
      '--count',
      count,
    );
    expect(verification).toMatchObject({ images: Number(count), sameClass: Number(count) });
  });

  it('refuses a softmax inside of weights without a graph', async () => {
    const out = join(temporaryFolder(), 'refused');
    const flags = ['--format', 'safetensors', '--post-processing', 'inside', '--out', out];
    const { code, stderr } = await run('export', '--run', folder, ...flags);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--post-processing inside: --format safetensors, which holds weights'),
    ]);
  });

  it('writes weights that PyTorch’s batch norms take, with the classes', async () => {
    const out = join(temporaryFolder(), 'weights');
    await run('export', '--run', folder, '--format', 'safetensors', '--out', out);
    const { tensors, metadata } = readSafetensors(join(out, 'model.safetensors'));
    expect(tensors.has('bn1.num_batches_tracked')).toBe(true);
    expect(JSON.parse(metadata.get('metadata')!)).toMatchObject({ classNames: ['cross', 'ring', 'triangle'] });
  });

  it('fails with exit code 2 when the logits differ by more than the tolerance', async () => {
    const out = join(temporaryFolder(), 'strict');
    const flags = ['--format', 'tfjs', '--store-weights', 'uint8', '--out', out, '--workers', '0'];
    const { code, stderr } = await run('export', '--run', folder, ...flags, '--verify', '--tolerance', '1e-6');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Weights in uint8 are not the same weights')]);
  });
});
