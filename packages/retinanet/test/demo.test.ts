import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { demoSchema, prepareDemo } from '../src/chain/demo';
import type { ChainOptions } from '../src/chain/chain-options';

const out = mkdtempSync(join(tmpdir(), 'demo-'));
const lastSet = join(out, 'VOCdevkit/VOC2007/ImageSets/Main/test.txt');
afterAll(() => rmSync(out, { recursive: true }));

function prepare(further: object = {}): Promise<ChainOptions> {
  return prepareDemo(demoSchema.parse({ out, trainImages: 8, testImages: 1, ...further }), silentLogger);
}

describe('prepareDemo', () => {
  it('draws the images once', async () => {
    await prepare();
    const { mtimeMs } = statSync(lastSet);
    await prepare({ epochs: 2 });
    expect(statSync(lastSet).mtimeMs).toBe(mtimeMs);
  });

  it.each([{ seed: 1 }, { trainImages: 9 }, { testImages: 2 }])(
    'refuses a folder with other images: %j',
    async (other) => {
      const refused = prepare(other);
      await expect(refused).rejects.toThrow(ConfigError);
      await expect(refused).rejects.toThrow(
        /drawn images with other options \((seed: 0|trainImages: 8|testImages: 1)\)/,
      );
    },
  );

  it('draws anew what was interrupted', async () => {
    rmSync(lastSet);
    await prepare();
    expect(existsSync(lastSet)).toBe(true);
  });
});
