import { softmaxCrossEntropy, type SoftmaxCrossEntropyOptions } from '../../../src/ops/softmax-cross-entropy';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';
import { casesOf, deviationFromPyTorch } from './fixtures';

describe('softmaxCrossEntropy', () => {
  it.each(casesOf('softmax-cross-entropy'))('equals PyTorch in output and gradients: %s', (name) => {
    const integers = name.endsWith('labels') ? ['labels'] : [];
    const deviation = deviationFromPyTorch<SoftmaxCrossEntropyOptions>(
      name,
      ({ logits }, { labels }, options) => softmaxCrossEntropy(logits, labels, options),
      integers,
    );
    expect(deviation).toBeLessThan(1e-6);
  });

  it('has the gradient of its finite differences', () => {
    const logits = randomValues([3, 4], 'logits', -2, 2);
    const deviation = gradientDeviation(
      (v) => softmaxCrossEntropy(v, tf.tensor1d([1, 3, 0], 'int32'), { labelSmoothing: 0.2 }),
      [logits],
    );
    expect(deviation).toBeLessThan(2e-3);
  });

  it('leaves no tensors behind', () => {
    const labels = tf.tensor1d([1, 0], 'int32');
    expect(leakedTensors((v) => softmaxCrossEntropy(v, labels), [randomValues([2, 3], 'logits')])).toBe(0);
    labels.dispose();
  });
});
