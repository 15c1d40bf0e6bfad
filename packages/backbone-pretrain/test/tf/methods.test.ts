import { Random } from '@featuremine/random';
import { softmaxCrossEntropy, tf, type HostTensor } from '@featuremine/tensor-graph';
import { createNetwork } from '../../src/create-network';
import { miningKind, type MiningKindName } from '../../src/feature-mining/mining-kinds';
import { cutmix, mixupOrCutmix } from '../../src/methods/cutmix';
import { FIXED_MASKS, fixedMask, maskCells } from '../../src/methods/fixed-mask';
import { mixup } from '../../src/methods/mixup';
import { DROPOUT_RATES, stageDropout, type DropoutKind } from '../../src/methods/stage-dropout';

function tensorOf({ shape, data, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype === 'int32' ? 'int32' : 'float32');
}

function tensorsOf(inputs: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tensorOf(value)]));
}

describe('mixup', () => {
  const labels = Int32Array.of(0, 1, 2, 1);
  const method = mixup({ alpha: 1, labelSmoothing: 0 });
  const inputs = tensorsOf({
    ...method.draw({ seed: 1, stepNumber: 5, labels }),
    labels: { dtype: 'int32', shape: [4], data: labels },
  });
  const lambda = inputs['mixing.lambda'].dataSync()[0];
  const order = [...inputs['mixing.order'].dataSync()];

  it('mixes each image with the one that the order names', () => {
    const images = tf.tensor([10, 20, 30, 40], [4, 1, 1, 1]);
    const mixed = [...method.images!(images, inputs).dataSync()];
    order.forEach((from, i) => expect(mixed[i]).toBeCloseTo(lambda * 10 * (i + 1) + (1 - lambda) * 10 * (from + 1), 4));
  });

  it('is the cross-entropy with the mixed one-hot labels', () => {
    const logits = tf.tensor([1, 2, 3, 0, 1, 0, 5, 1, 1, 0, 0, 0], [4, 3]);
    const own = tf.oneHot(tf.tensor1d(labels, 'int32'), 3).toFloat();
    const targets = tf.add(tf.mul(own, lambda), tf.mul(tf.gather(own, tf.tensor1d(order, 'int32')), 1 - lambda));
    const expected = softmaxCrossEntropy(logits, targets).dataSync()[0];
    expect(method.criterion!(logits, inputs).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  it('draws anew in each step', () => {
    const lambdaOf = (stepNumber: number) => method.draw({ seed: 1, stepNumber, labels })['mixing.lambda'].data[0];
    expect(lambdaOf(5)).toBe(Math.fround(lambda));
    expect(lambdaOf(6)).not.toBe(lambdaOf(5));
  });
});

describe('cutmix', () => {
  const labels = Int32Array.of(0, 1, 2, 1);
  const method = (probability: number) => cutmix({ alpha: 1, probability, imageSize: 8, labelSmoothing: 0 });
  const drawn = (stepNumber: number, probability = 1) => method(probability).draw({ seed: 4, stepNumber, labels });

  it('takes the box of the image that the order names, and counts labels by area', () => {
    for (const stepNumber of [0, 1, 2, 3]) {
      const inputs = drawn(stepNumber);
      const own = inputs['mixing.weights'].data as Float32Array;
      const images = tf.mul(tf.ones([4, 8, 8, 3]), tf.tensor([10, 20, 30, 40], [4, 1, 1, 1]));
      const mixed = method(1).images!(images, tensorsOf(inputs)).dataSync();
      inputs['mixing.order'].data.forEach((from, image) => {
        own.forEach((isOwn, pixel) => {
          expect(mixed[(image * 64 + pixel) * 3]).toBe(10 * ((isOwn === 1 ? image : from) + 1));
        });
      });
      const share = own.reduce((sum, value) => sum + value, 0) / 64;
      expect(inputs['mixing.lambda'].data[0]).toBeCloseTo(share, 6);
    }
  });

  it('covers 29 % of a map of 32 on average, less than half for its clipping', () => {
    // CutMix's own function, 200,000 draws at 32 pixels: 0.2936; 4,000 draws here have a deviation of 0.004.
    const large = cutmix({ alpha: 1, probability: 1, imageSize: 32, labelSmoothing: 0 });
    const shares = Array.from(
      { length: 4000 },
      (_, stepNumber) => 1 - large.draw({ seed: 1, stepNumber, labels: [] })['mixing.lambda'].data[0],
    );
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / 4000 - 0.2936)).toBeLessThan(0.016);
  });

  it('leaves the images of the other steps as they are', () => {
    const cut = Array.from({ length: 200 }, (_, step) => drawn(step, 0.3)['mixing.lambda'].data[0] < 1);
    // A third of the boxes of 8 pixels or less is empty: at most 60 of 200 steps cut.
    expect(cut.filter(Boolean).length).toBeLessThan(85);
    expect(cut.filter(Boolean).length).toBeGreaterThan(20);
    expect(drawn(0, 0)['mixing.lambda'].data[0]).toBe(1);
  });
});

describe('mixupOrCutmix', () => {
  it('takes one of both in each step, with inputs of one shape', () => {
    const both = mixupOrCutmix({ mixupAlpha: 1, alpha: 1, imageSize: 16, labelSmoothing: 0 });
    const drawn = Array.from({ length: 100 }, (_, stepNumber) => both.draw({ seed: 1, stepNumber, labels: [0, 1] }));
    expect(new Set(drawn.map((inputs) => inputs['mixing.weights'].shape.join()))).toEqual(new Set(['1,16,16,1']));
    const isMixup = drawn.map(({ 'mixing.weights': { data } }) => data[0] > 0 && data[0] < 1);
    expect(isMixup.filter(Boolean).length).toBeGreaterThan(35);
    expect(isMixup.filter(Boolean).length).toBeLessThan(65);
  });
});

describe('fixedMask', () => {
  const text = (cells: Float32Array, width: number): string[] =>
    Array.from({ length: cells.length / width }, (_, y) => cells.slice(y * width, (y + 1) * width).join(''));

  it('keeps halves, the centre, or what surrounds it', () => {
    const size = { height: 4, width: 5 };
    expect(text(maskCells('left', size), 5)).toEqual(['11000', '11000', '11000', '11000']);
    expect(text(maskCells('right', size), 5)).toEqual(['00011', '00011', '00011', '00011']);
    expect(text(maskCells('top', size), 5)).toEqual(['11111', '11111', '00000', '00000']);
    expect(text(maskCells('centre', size), 5)).toEqual(['00000', '01110', '01110', '00000']);
    expect(text(maskCells('surround', size), 5)).toEqual(['11111', '10001', '10001', '11111']);
  });

  it('changes the last stage only', () => {
    const network = createNetwork('resnet20', { numClasses: 10 });
    const hook = fixedMask(network, 'bottom', 32).hook!({});
    const map = tf.ones([2, 8, 8, 3]);
    expect(hook(map, 1)).toBe(map);
    expect(tf.mean(hook(map, 2), [0, 2, 3]).arraySync()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(FIXED_MASKS).toHaveLength(6);
  });
});

describe('stageDropout', () => {
  const network = createNetwork('resnet20', { numClasses: 10 });
  const ones = tf.ones([8, 16, 16, 32]);
  const drop = (kind: DropoutKind, stage: number, stepNumber = 0): tf.Tensor => {
    const method = stageDropout(network, kind, DROPOUT_RATES[kind]);
    return method.hook!(tensorsOf(method.draw({ seed: 2, stepNumber, labels: [] })))(ones, stage);
  };
  const shareOfZeros = (map: tf.Tensor): number => tf.mean(tf.cast(tf.equal(map, 0), 'float32')).dataSync()[0];

  it('drops single values behind the penultimate stage only', () => {
    expect(shareOfZeros(drop('dropout', 1))).toBeCloseTo(0.3, 1);
    expect(tf.mean(drop('dropout', 1)).dataSync()[0]).toBeCloseTo(1, 1);
    expect(drop('dropout', 0)).toBe(ones);
    expect(drop('dropout', 2)).toBe(ones);
  });

  it('drops whole channels', () => {
    const perChannel = tf.max(drop('spatial', 1), [1, 2]);
    expect(tf.max(tf.abs(tf.sub(tf.min(drop('spatial', 1), [1, 2]), perChannel))).dataSync()[0]).toBe(0);
    expect(Math.abs(shareOfZeros(perChannel) - 0.1)).toBeLessThan(0.08);
  });

  it('drops blocks behind the first two stages, the same in all channels, and keeps the mean', () => {
    const map = drop('block', 1);
    expect(tf.max(tf.sub(tf.max(map, 3), tf.min(map, 3))).dataSync()[0]).toBe(0);
    expect(Math.abs(shareOfZeros(map) - 0.1)).toBeLessThan(0.05);
    expect(tf.mean(map).dataSync()[0]).toBeCloseTo(1, 4);
    expect(drop('block', 2)).toBe(ones);
  });

  it('drops the same in the same step, and other values in the next', () => {
    const text = (stepNumber: number): string => drop('dropout', 1, stepNumber).dataSync().slice(0, 64).join();
    expect(text(0)).toBe(text(0));
    expect(text(0)).not.toBe(text(1));
  });
});

describe('miningKind', () => {
  const map = tf.randomNormal([2, 8, 8, 6], 0, 1, 'float32', 7);
  const size = { height: 8, width: 8, channels: 6 };
  const parts = (name: MiningKindName, step: number) =>
    miningKind(name).pool(map, tensorOf(miningKind(name).draw(size, Random.of(3, step))));
  const distance = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

  it.each(['box', 'points', 'channels'] as const)('separates a map into %s and the rest', (name) => {
    const { inside, outside, full } = parts(name, 1);
    expect(distance(tf.add(inside, outside), full)).toBeLessThan(1e-6);
    expect(distance(full, tf.mean(map, [1, 2]))).toBeLessThan(1e-6);
  });

  it('does not separate with independent boxes', () => {
    const { inside, outside, full } = parts('independent', 1);
    expect(distance(full, tf.mean(map, [1, 2]))).toBeLessThan(1e-6);
    expect(distance(tf.add(inside, outside), full)).toBeGreaterThan(1e-3);
  });

  it.each(['box', 'points', 'independent'] as const)('pools %s as masked copies of the map would be', (name) => {
    const drawn = miningKind(name).draw(size, Random.of(3, 1));
    const { inside, outside } = miningKind(name).pool(map, tensorOf(drawn));
    // Row r of the input is a mask / 64.
    const copy = (row: number): tf.Tensor =>
      tf.mul(map, tf.tensor(drawn.data.slice(row * 64, (row + 1) * 64), [1, 8, 8, 1]).mul(64));
    expect(distance(inside, tf.mean(copy(0), [1, 2]))).toBeLessThan(1e-6);
    expect(distance(outside, tf.mean(copy(1), [1, 2]))).toBeLessThan(1e-6);
  });

  it('pools channels as copies without the others would be', () => {
    const drawn = miningKind('channels').draw(size, Random.of(3, 1));
    const { inside, outside } = miningKind('channels').pool(map, tensorOf(drawn));
    const mask = tf.tensor(drawn.data, [1, 1, 1, 6]);
    expect(distance(inside, tf.mean(tf.mul(map, mask), [1, 2]))).toBeLessThan(1e-6);
    expect(distance(outside, tf.mean(tf.mul(map, tf.sub(1, mask)), [1, 2]))).toBeLessThan(1e-6);
  });

  it('gives heads without mining the whole map', () => {
    const { inside, outside, full } = parts('whole', 1);
    expect(distance(inside, full)).toBe(0);
    expect(distance(outside, tf.mean(map, [1, 2]))).toBeLessThan(1e-6);
  });
});
