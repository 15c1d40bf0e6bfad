import { SHAPE_CLASSES, SHAPE_OUTLINES, outlineExtent, signedDistance } from '../src/shape-outlines';

describe('signedDistance', () => {
  it('is the distance to the border, negative inside', () => {
    expect(signedDistance({ kind: 'disc' }, 0, 0.25)).toBeCloseTo(-0.75);
    expect(signedDistance({ kind: 'ring', innerRadius: 0.5 }, 0, 0)).toBeCloseTo(0.5);
    expect(signedDistance({ kind: 'ring', innerRadius: 0.5 }, 0.75, 0)).toBeCloseTo(-0.25);
    // The square on its corner: sides at the distance √½ from the centre.
    expect(signedDistance(SHAPE_OUTLINES.square, 0, 0)).toBeCloseTo(-Math.SQRT1_2);
    expect(signedDistance(SHAPE_OUTLINES.square, 0, -2)).toBeCloseTo(1);
  });
});

describe('outlineExtent', () => {
  it.each([...SHAPE_CLASSES])('of %s is as far as the shape reaches, turned or not', (name) => {
    const outline = SHAPE_OUTLINES[name];
    for (const angle of [0, 0.7]) {
      const reach = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = -52; i <= 52; i++) {
        for (let j = -52; j <= 52; j++) {
          const [x, y] = [i / 50, j / 50];
          const [lx, ly] = [x * Math.cos(angle) + y * Math.sin(angle), y * Math.cos(angle) - x * Math.sin(angle)];
          if (signedDistance(outline, lx, ly) > 0) continue;
          reach[0] = Math.min(reach[0], x);
          reach[1] = Math.min(reach[1], y);
          reach[2] = Math.max(reach[2], x);
          reach[3] = Math.max(reach[3], y);
        }
      }
      // Sharp corners reach between the points of a grid of 0.02: a tip of 40° at most 0.06 more.
      outlineExtent(outline, angle).forEach((side, i) => {
        expect(Math.abs(side - reach[i])).toBeLessThan(0.07);
        expect(Math.abs(side)).toBeLessThanOrEqual(1 + 1e-12);
      });
    }
  });
});
