import { dropout } from '../../../src/ops/dropout';
import { tf } from '../../../src/tensorflow';
import { gradientDeviation, leakedTensors, randomValues } from './finite-differences';

const seed = (low: number): ReturnType<typeof tf.tensor1d> => tf.tensor1d([low, 7], 'int32');
const drop = (low: number): number[] =>
  tf.tidy(() => [...dropout(tf.ones([100, 100]), seed(low), { rate: 0.3 }).dataSync<'float32'>()]);

describe('dropout', () => {
  it('drops the share that is asked for and scales the others to keep the mean', () => {
    const values = drop(1);
    const dropped = values.filter((value) => value === 0).length / values.length;
    // 10,000 draws: three standard deviations are 0.014.
    expect(Math.abs(dropped - 0.3)).toBeLessThan(0.014);
    expect(Math.max(...values)).toBeCloseTo(1 / 0.7, 6);
  });

  it('drops the same for the same seed and other elements for another', () => {
    expect(drop(1)).toEqual(drop(1));
    expect(drop(1)).not.toEqual(drop(2));
  });

  it('passes the gradient where it passed the value', () => {
    expect(gradientDeviation((x) => dropout(x, seed(3), { rate: 0.5 }), [randomValues([4, 5], 'x')])).toBeLessThan(
      2e-3,
    );
  });

  it('leaves no tensors behind', () => {
    const fixed = seed(1);
    expect(leakedTensors((x) => dropout(x, fixed, { rate: 0.5 }), [randomValues([4, 5], 'x')])).toBe(0);
    expect(leakedTensors((x) => dropout(x, fixed, { rate: 0 }), [randomValues([4, 5], 'x')])).toBe(0);
    fixed.dispose();
  });
});
