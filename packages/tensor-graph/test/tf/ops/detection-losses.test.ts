import { decodeBoxes } from '../../../src/ops/decode-boxes';
import { l1Loss, smoothL1Loss } from '../../../src/ops/delta-losses';
import { giouLoss } from '../../../src/ops/giou-loss';
import { sigmoidFocalLoss, type SigmoidFocalLossOptions } from '../../../src/ops/sigmoid-focal-loss';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';
import { casesOf, deviationFromPyTorch } from './fixtures';

describe('sigmoidFocalLoss', () => {
  const labels = (): ReturnType<typeof tf.tensor2d> => tf.tensor2d([-1, 1, -2, 0], [2, 2], 'int32');
  const options = { alpha: 0.25, gamma: 2 };

  it.each(casesOf('sigmoid-focal-loss'))(
    'equals torchvision in output and gradient, ignored anchors included: %s',
    (name) => {
      const worst = deviationFromPyTorch<SigmoidFocalLossOptions>(
        name,
        ({ logits }, fixed, settings) => sigmoidFocalLoss(logits, fixed['labels'], settings),
        ['labels'],
      );
      expect(worst).toBeLessThan(1e-5);
    },
  );

  it('has the gradient of its finite differences', () => {
    const logits = randomValues([2, 2, 3], 'logits', -3, 3);
    for (const gamma of [0, 1.5, 2]) {
      expect(gradientDeviation((v) => sigmoidFocalLoss(v, labels(), { alpha: 0.4, gamma }), [logits])).toBeLessThan(
        2e-3,
      );
    }
  });

  it('counts each anchor by its weight, in output and gradient', () => {
    const values = randomValues([2, 2, 3], 'logits', -3, 3);
    const anchorWeights = tf.tensor2d([2, 0, 5, 0.5], [2, 2]); // the third anchor is ignored all the same
    const settings = { ...options, anchorWeights };
    expect(gradientDeviation((v) => sigmoidFocalLoss(v, labels(), settings), [values])).toBeLessThan(2e-3);
    tf.tidy(() => {
      const logits = tf.tensor(values.data, [2, 2, 3]);
      const of = (chosen: number): number[] => {
        const only = tf.tensor2d(
          [-1, 1, -2, 0].map((label, i) => (i === chosen ? label : -2)),
          [2, 2],
          'int32',
        );
        return [...sigmoidFocalLoss(logits, only, options).dataSync<'float32'>()];
      };
      const [first, second] = sigmoidFocalLoss(logits, labels(), settings).dataSync<'float32'>();
      expect(first).toBeCloseTo(2 * of(0)[0], 5);
      expect(second).toBeCloseTo(0.5 * of(3)[1], 5);
    });
  });

  it('is finite, with a finite gradient, for logits of ±1000', () => {
    tf.tidy(() => {
      const logits = tf.tensor3d([1000, -1000, -1000, 1000, -1000, 1000, 1000, -1000], [2, 2, 2]);
      const loss = sigmoidFocalLoss(logits, labels(), options).dataSync<'float32'>();
      const gradient = tf
        .grad((v) => tf.sum(sigmoidFocalLoss(v, labels(), options)))(logits)
        .dataSync<'float32'>();
      // Image 0: a background column at 1000 costs 0.75 · 1000; its foreground column 1 at 1000 and column 0 cost nothing.
      expect(loss[0]).toBeCloseTo(750, 3);
      expect([...gradient].every(Number.isFinite)).toBe(true);
      // Image 1: its first anchor is ignored; the second has its foreground column at 1000.
      expect(loss[1]).toBe(0);
    });
  });

  it('leaves no tensors behind', () => {
    const fixed = labels();
    const logits = randomValues([2, 2, 3], 'logits');
    expect(leakedTensors((v) => sigmoidFocalLoss(v, fixed, options), [logits])).toBe(0);
    fixed.dispose();
  });
});

describe('smoothL1Loss', () => {
  it.each(casesOf('smooth-l1-loss'))('equals PyTorch in output and gradient: %s', (name) => {
    const worst = deviationFromPyTorch<{ beta: number }>(name, ({ deltas }, { targets, mask }, options) =>
      smoothL1Loss(deltas, targets, mask, options),
    );
    expect(worst).toBeLessThan(1e-6);
  });

  it('is the L1 loss for beta 0', () => {
    const worst = deviationFromPyTorch('l1-loss', ({ deltas }, { targets, mask }) =>
      smoothL1Loss(deltas, targets, mask, { beta: 0 }),
    );
    expect(worst).toBeLessThan(1e-6);
  });
});

describe('l1Loss', () => {
  it('equals PyTorch in output and gradient', () => {
    const worst = deviationFromPyTorch('l1-loss', ({ deltas }, { targets, mask }) => l1Loss(deltas, targets, mask));
    expect(worst).toBeLessThan(1e-6);
  });

  it('leaves no tensors behind', () => {
    const fixed = tf.tidy(() => [tf.zeros([2, 3, 4]), tf.ones([2, 3])]);
    expect(leakedTensors((v) => l1Loss(v, fixed[0], fixed[1]), [randomValues([2, 3, 4], 'deltas')])).toBe(0);
    expect(leakedTensors((v) => smoothL1Loss(v, fixed[0], fixed[1], { beta: 1 }), [randomValues([2, 3, 4], 'd')])).toBe(
      0,
    );
    tf.dispose(fixed);
  });
});

describe('giouLoss', () => {
  it('equals torchvision in output and gradient', () => {
    const worst = deviationFromPyTorch('giou-loss', ({ boxes }, { targets, mask }) => giouLoss(boxes, targets, mask));
    // Differences of nearly equal areas around 1e4 lose a digit or two of float32's seven.
    expect(worst).toBeLessThan(1e-4);
  });

  it('gives 0 for equal boxes, and 1 + 98/100 for unit boxes in opposite corners of a 10x10 square', () => {
    const losses = tf.tidy(() => {
      const boxes = tf.tensor3d([0, 0, 1, 1, 0, 0, 1, 1], [2, 1, 4]);
      const targets = tf.tensor3d([0, 0, 1, 1, 9, 9, 10, 10], [2, 1, 4]);
      return giouLoss(boxes, targets, tf.ones([2, 1])).dataSync<'float32'>();
    });
    expect(losses[0]).toBeCloseTo(0, 6);
    expect(losses[1]).toBeCloseTo(1.98, 6);
  });

  it('leaves no tensors behind', () => {
    const fixed = tf.tidy(() => [tf.tensor3d([0, 0, 2, 3], [1, 1, 4]), tf.ones([1, 1])]);
    expect(leakedTensors((v) => giouLoss(v, fixed[0], fixed[1]), [randomValues([1, 1, 4], 'boxes', 0, 4)])).toBe(0);
    tf.dispose(fixed);
  });
});

describe('decodeBoxes', () => {
  it('equals torchvision in output and gradient, with the growth clamped', () => {
    const worst = deviationFromPyTorch('decode-boxes', ({ deltas }, { anchors }) => decodeBoxes(deltas, anchors));
    expect(worst).toBeLessThan(1e-5);
  });

  it('leaves no tensors behind', () => {
    const anchors = tf.tensor2d([0, 0, 8, 8], [1, 4]);
    expect(leakedTensors((v) => decodeBoxes(v, anchors), [randomValues([1, 1, 4], 'deltas')])).toBe(0);
    anchors.dispose();
  });
});
