import { globalAveragePool } from '../../../src/ops/global-average-pool';
import { maxPool2d } from '../../../src/ops/max-pool2d';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';
import { casesOf, deviationFromPyTorch } from './fixtures';

describe('maxPool2d', () => {
  it.each(casesOf('max-pool2d'))('equals PyTorch in output and gradients: %s', (name) => {
    expect(deviationFromPyTorch(name, ({ x }, _, options) => maxPool2d(x, options))).toBeLessThan(1e-6);
  });

  it('leaves no tensors behind', () => {
    const x = randomValues([1, 6, 6, 2], 'x');
    expect(leakedTensors((v) => maxPool2d(v, { size: 3, stride: 2, padding: 1 }), [x])).toBe(0);
  });
});

describe('globalAveragePool', () => {
  const x = randomValues([2, 3, 4, 2], 'x');

  it('has the gradient of its finite differences', () => {
    expect(gradientDeviation((v) => globalAveragePool(v), [x])).toBeLessThan(2e-3);
  });

  it('leaves no tensors behind', () => expect(leakedTensors((v) => globalAveragePool(v), [x])).toBe(0));
});
