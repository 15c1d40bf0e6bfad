import { linear } from '../../../src/ops/linear';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';
import { deviationFromPyTorch } from './fixtures';

const inputs = [randomValues([3, 4], 'x'), randomValues([4, 2], 'weight'), randomValues([2], 'bias')];

describe('linear', () => {
  it('equals PyTorch in output and gradients', () => {
    const deviation = deviationFromPyTorch('linear/bias', ({ x, weight, bias }) => linear(x, weight, bias));
    expect(deviation).toBeLessThan(1e-6);
  });

  it('has the gradients of its finite differences', () => {
    expect(gradientDeviation((x, weight, bias) => linear(x, weight, bias), inputs)).toBeLessThan(2e-3);
  });

  it('leaves no tensors behind', () => {
    expect(leakedTensors((x, weight, bias) => linear(x, weight, bias), inputs)).toBe(0);
  });
});
