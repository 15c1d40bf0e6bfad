import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCifar10, openRecords } from '@featuremine/vision-data';
import { main } from '../../src/cli';
import { temporaryFolder, writeStripes } from '../stripes';

jest.setTimeout(120_000);

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr]: string[][] = [[], []];
  const stream = (lines: string[]) => ({ write: (text: string) => lines.push(text) > 0 });
  const code = await main(argv, { stdout: stream(stdout), stderr: stream(stderr) });
  process.exitCode = 0;
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('backbone-pretrain pack', () => {
  const data = writeStripes({ train: 40, test: 20 });
  const packed = join(temporaryFolder(), 'packed');
  const argv = ['pack', '--dataset', 'cifar10', '--data', data, '--out', packed, '--shard-mb', '0.04', '--json'];

  it('writes both parts in shards, and says how large they are', async () => {
    const { code, stdout } = await run(...argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      folder: packed,
      parts: [
        { split: 'train', images: 40, leftOut: 0, shards: 4 },
        { split: 'test', images: 20, leftOut: 0, shards: 2 },
      ],
    });
    expect(readdirSync(packed).filter((name) => name.endsWith('.json'))).toEqual(['test.json', 'train.json']);
    const test = openRecords({ folder: packed, split: 'test' });
    const source = openCifar10({ folder: data, split: 'test' });
    expect((await test.read(7)).image).toEqual((await source.read(7)).image);
  });

  it('refuses to overwrite, and to pack what is packed', async () => {
    const again = await run(...argv);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/a data set was packed here before.*--force/);
    expect((await run(...argv, '--force')).code).toBe(0);
    const twice = await run('pack', '--dataset', 'records', '--data', packed, '--out', join(packed, 'again'));
    expect(twice.stderr).toMatch(/--dataset: records, which are packed/);
  });

  it('is trained from with the size and the augmentation of what was packed, and evaluated', async () => {
    const out = join(temporaryFolder(), 'run');
    const small = ['--model', 'resnet20', '--batch-size', '20', '--epochs', '1', '--workers', '0', '--threads', '2'];
    const source = ['--dataset', 'records', '--data', packed, '--shuffle-buffer', '16'];
    const trained = await run('train', ...source, ...small, '--out', out, '--json');
    expect({ code: trained.code, stderr: trained.stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(trained.stdout)).toMatchObject({ dataset: 'records', imageSize: 32, trainImages: 40 });
    const evaluated = await run('eval', '--run', out, '--workers', '0', '--json');
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ images: 20, dataset: 'records', split: 'test' });
  });
});
