import { boxAt } from '../src';

describe('boxAt', () => {
  it('gives one row of [N, 4]', () => {
    expect(boxAt(Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), 1)).toEqual([4, 5, 6, 7]);
  });
});
