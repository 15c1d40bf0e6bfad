import fc from 'fast-check';
import { Random } from '@featuremine/random';
import { checkResize, paddedSize, resizeBoxes, resizedSize } from '../src';
import { torchvision } from './fixture';

const minMax = { kind: 'min-max', minSize: 800, maxSize: 1333 } as const;

describe('resizedSize', () => {
  it('gives the sizes of torchvision for 272 images and limits', () => {
    for (const [width, height, minSize, maxSize, resizedWidth, resizedHeight] of torchvision.outputSizes) {
      const resized = resizedSize({ kind: 'min-max', minSize, maxSize }, { width, height });
      expect([width, height, minSize, maxSize, resized.width, resized.height]).toEqual([
        ...[width, height, minSize, maxSize],
        ...[resizedWidth, resizedHeight],
      ]);
    }
  });

  it('lets the long side limit the scale', () => {
    // 800/300 would make the long side 2667: 1333/1000 is taken, 300·1.333 = 399.9.
    expect(resizedSize(minMax, { width: 1000, height: 300 })).toEqual({ width: 1333, height: 399 });
  });

  it('takes the last minSize without a Random, and one of them with it', () => {
    const resize = { kind: 'min-max', minSize: [100, 200, 300], maxSize: 1000 } as const;
    const image = { width: 400, height: 400 };
    expect(resizedSize(resize, image).width).toBe(300);
    const widths = Array.from({ length: 40 }, (_, i) => resizedSize(resize, image, Random.of(1, i)).width);
    expect([...new Set(widths)].sort()).toEqual([100, 200, 300]);
  });

  it('keeps the aspect for longest-side, and at least one pixel', () => {
    expect(resizedSize({ kind: 'longest-side', size: 320 }, { width: 500, height: 375 })).toEqual({
      width: 320,
      height: 240,
    });
    expect(resizedSize({ kind: 'longest-side', size: 64 }, { width: 1000, height: 2 })).toEqual({
      width: 64,
      height: 1,
    });
  });
});

describe('paddedSize', () => {
  const sizes = [
    { width: 65, height: 40 },
    { width: 33, height: 96 },
  ];

  it('rounds the largest sides up to 32 for min-max', () => {
    expect(paddedSize(minMax, sizes)).toEqual({ width: 96, height: 96 });
  });

  it('is the square for longest-side and the target for stretch', () => {
    expect(paddedSize({ kind: 'longest-side', size: 100 }, sizes)).toEqual({ width: 100, height: 100 });
    expect(paddedSize({ kind: 'stretch', width: 90, height: 70 }, sizes)).toEqual({ width: 90, height: 70 });
  });
});

describe('resizeBoxes', () => {
  it('moves boxes forward and back exactly as torchvision', () => {
    const { batch } = torchvision;
    batch.sizes.forEach(([width, height], n) => {
      const [resizedHeight, resizedWidth] = batch.imageSizes[n];
      const resized = { width: resizedWidth, height: resizedHeight };
      const moved = resizeBoxes(Float32Array.of(3, 5, 20, 27), { width, height }, resized);
      expect([...moved]).toEqual(batch.boxes[n]);
      expect([...resizeBoxes(moved, resized, { width, height })]).toEqual(batch.boxesBack[n]);
    });
  });

  it('is undone by the way back, to float32 rounding', () => {
    const side = fc.integer({ min: 1, max: 2000 });
    fc.assert(
      fc.property(side, side, side, side, (w1, h1, w2, h2) => {
        const box = Float32Array.of(0.1 * w1, 0.2 * h1, 0.7 * w1, h1);
        const [from, to] = [
          { width: w1, height: h1 },
          { width: w2, height: h2 },
        ];
        const back = resizeBoxes(resizeBoxes(box, from, to), to, from);
        // Two roundings of a ratio and two of a product: 4 ulp.
        back.forEach((value, i) => expect(Math.abs(value - box[i])).toBeLessThanOrEqual(box[i] * 5e-7));
      }),
    );
  });
});

describe('checkResize', () => {
  it('refuses a size that is too small, by its value', () => {
    expect(() => checkResize({ kind: 'longest-side', size: 16 })).toThrow(/16, expected whole numbers .* 32 to 4096/);
    expect(() => checkResize({ kind: 'stretch', width: 320, height: 0.5 })).toThrow(/0\.5/);
  });

  it('refuses a minSize above the maxSize', () => {
    expect(() => checkResize({ kind: 'min-max', minSize: 600, maxSize: 500 })).toThrow(/600 .* 500/);
  });
});
