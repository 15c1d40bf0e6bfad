import { anchorGrid, retinanetAnchors } from '../src';
import { torchvision } from './fixture';

describe('anchorGrid', () => {
  it('puts ratios before sizes in a cell, and rows before columns', () => {
    const levels = [{ gridWidth: 2, gridHeight: 1, strideX: 10, strideY: 10, sizes: [4, 8] }];
    // Ratio 0.25: size 4 is 8 wide and 2 high, size 8 is 16 wide and 4 high; then the squares.
    expect([...anchorGrid({ levels, ratios: [0.25, 1] })]).toEqual(
      [
        [-4, -1, 4, 1],
        [-8, -2, 8, 2],
        [-2, -2, 2, 2],
        [-4, -4, 4, 4],
        [6, -1, 14, 1],
        [2, -2, 18, 2],
        [8, -2, 12, 2],
        [6, -4, 14, 4],
      ].flat(),
    );
  });
  it('rounds halves to even', () => {
    const levels = [{ gridWidth: 1, gridHeight: 1, strideX: 1, strideY: 1, sizes: [5, 7] }];
    expect([...anchorGrid({ levels, ratios: [1] })]).toEqual([-2, -2, 2, 2, -4, -4, 4, 4]);
  });
});

describe('retinanetAnchors', () => {
  it('takes other sizes and ratios: the first cell of p3 and the last of p7', () => {
    const anchors = retinanetAnchors(128, 128, { sizes: [16, 32, 64, 128, 256], ratios: [1, 3] });
    expect(anchors.length).toBe(4 * 6 * (256 + 64 + 16 + 4 + 1));
    // Squares of 16, 20 and 25 px (24 by rounding 12.5 to even), then ratio 3 of 16: 9.24 wide, 27.7 high.
    expect([...anchors.subarray(0, 16)]).toEqual([
      ...[-8, -8, 8, 8],
      ...[-10, -10, 10, 10],
      ...[-12, -12, 12, 12],
      ...[-5, -14, 5, 14],
    ]);
    // Ratio 3 of int(256 · 2^⅔) = 406: 234.4 wide, 703.2 high.
    expect([...anchors.subarray(anchors.length - 4)]).toEqual([-117, -352, 117, 352]);
  });
  it('has 49,104 anchors at 512 by 512', () => {
    expect(retinanetAnchors(512, 512).length).toBe(4 * 49104);
  });
  for (const peer of torchvision.anchors) {
    it(`is exactly that of torchvision at ${peer.width}x${peer.height}`, () => {
      const anchors = retinanetAnchors(peer.width, peer.height);
      expect(anchors.length).toBe(4 * peer.count);
      for (const [row, values] of Object.entries(peer.rows)) {
        expect([...anchors.subarray(4 * Number(row), 4 * Number(row) + 4)]).toEqual(values);
      }
      let sum = 0;
      for (let i = 0; i < anchors.length; i++) sum += anchors[i] * ((i % 97) + 1);
      expect(sum).toBe(peer.weightedSum); // whole numbers, exact in float64
    });
  }
});
