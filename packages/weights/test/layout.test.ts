import fc from 'fast-check';
import { fromTorchLayout, toTorchLayout, torchShape } from '../src';

describe('toTorchLayout', () => {
  it('turns [H, W, in, out] into [out, in, H, W]', () => {
    // One row, two columns, one input, two outputs: the outputs of a place are neighbours.
    const { shape, data } = toTorchLayout([1, 2, 1, 2], Float32Array.of(1, 10, 2, 20));
    expect(shape).toEqual([2, 1, 1, 2]);
    expect(data).toEqual(Float32Array.of(1, 2, 10, 20));
  });

  it('transposes linear weights', () => {
    const { shape, data } = toTorchLayout([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(shape).toEqual([3, 2]);
    expect(data).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
  });

  it('copies everything else', () => {
    const bias = Float32Array.of(1, 2);
    const { shape, data } = toTorchLayout([2], bias);
    expect(shape).toEqual([2]);
    expect(data).toEqual(bias);
    expect(data).not.toBe(bias);
  });

  it('is undone by fromTorchLayout, and has the shape that torchShape says', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });
    fc.assert(
      fc.property(shapes, (shape) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const data = Float32Array.from({ length: count }, (_, i) => i);
        const torch = toTorchLayout(shape, data);
        expect(torch.shape).toEqual(torchShape(shape));
        expect(fromTorchLayout(torch.shape, torch.data)).toEqual({ shape, data });
      }),
      { numRuns: 100, seed: 4 },
    );
  });
});
