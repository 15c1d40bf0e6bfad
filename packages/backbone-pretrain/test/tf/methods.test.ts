import { Random } from '@featuremine/random';
import { softmaxCrossEntropy, tf, type HostTensor } from '@featuremine/tensor-graph';
import { createNetwork } from '../../src/create-network';
import { miningKind } from '../../src/feature-mining/mining-kinds';
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
  const lambda = inputs['mixup.lambda'].dataSync()[0];
  const order = [...inputs['mixup.order'].dataSync()];

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
    const lambdaOf = (stepNumber: number) => method.draw({ seed: 1, stepNumber, labels })['mixup.lambda'].data[0];
    expect(lambdaOf(5)).toBe(Math.fround(lambda));
    expect(lambdaOf(6)).not.toBe(lambdaOf(5));
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
  const parts = (name: 'box' | 'points' | 'channels' | 'independent', step: number) =>
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
});
