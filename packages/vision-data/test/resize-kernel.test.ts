import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';
import { Random } from '@featuremine/random';
import { resizeInKernel, resizeKernel } from '../src/resize-kernel';
import { RESIZE_KERNEL } from '../src/resize-kernel-bytes';
import { resizePlainly } from '../src/resize-smooth';
import { triangleTaps } from '../src/triangle-taps';
import { picture } from './fixture';

describe('resizeInKernel', () => {
  it('gives the bits of the loops without vectors, at any size', () => {
    expect(resizeKernel()).toBeDefined();
    const random = Random.of(1);
    for (let trial = 0; trial < 60; trial++) {
      const [width, height] = [1 + random.integer(90), 1 + random.integer(90)];
      const resize = {
        image: picture(width, height),
        columns: triangleTaps({
          start: random.uniform(0, width / 2),
          length: random.uniform(0.5, width / 2),
          inputLength: width,
          outputLength: 1 + random.integer(70),
          isMirrored: random.chance(0.5),
        }),
        rows: triangleTaps({
          start: random.uniform(0, height / 2),
          length: random.uniform(0.5, height / 2),
          inputLength: height,
          outputLength: 1 + random.integer(70),
        }),
      };
      expect(Buffer.compare(resizeInKernel(resize)!, resizePlainly(resize))).toBe(0);
    }
  });

  it('is the module that its source makes (npm run wasm)', async () => {
    const file = join(__dirname, '../wasm/resize-kernel.wat');
    const compiler = await wabt();
    const built = compiler.parseWat(file, readFileSync(file, 'utf8'), { simd: true });
    expect(Buffer.from(built.toBinary({}).buffer).toString('base64')).toBe(RESIZE_KERNEL);
  });
});
