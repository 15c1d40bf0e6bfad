import { anchorsFor, retinanetAnchors } from '../src';

const square = (side: number): { width: number; height: number } => ({ width: side, height: side });

describe('anchorsFor', () => {
  it('gives RetinaNet’s anchors of the size and shapes', () => {
    expect(anchorsFor({ width: 128, height: 64 })).toEqual(retinanetAnchors(128, 64));
    const shapes = { sizes: [16, 32, 64, 128, 256], ratios: [1] };
    expect(anchorsFor(square(64), shapes)).toEqual(retinanetAnchors(64, 64, shapes));
  });

  it('makes them once while they are among the latest 16 sizes', () => {
    const first = anchorsFor(square(32));
    const second = anchorsFor(square(33));
    for (let side = 34; side < 48; side++) anchorsFor(square(side));
    expect(anchorsFor(square(32))).toBe(first); // 16 sizes; 33 is the oldest now
    anchorsFor(square(48));
    expect(anchorsFor(square(32))).toBe(first);
    expect(anchorsFor(square(33))).not.toBe(second);
  });
});
