import { clipBoxes } from '../src';

describe('clipBoxes', () => {
  it('trims to the image and leaves the argument alone', () => {
    const boxes = Float32Array.of(-2, 3, 12, 30, 20, 20, 25, 25);
    expect([...clipBoxes(boxes, 10, 20)]).toEqual([0, 3, 10, 20, 10, 20, 10, 20]);
    expect(boxes[0]).toBe(-2);
  });
  it('refuses an array that holds no whole boxes', () => {
    expect(() => clipBoxes(new Float32Array(5), 1, 1)).toThrow('length 5');
  });
});
