import { placeLabels, type Label } from '../src';

const image = { size: 10, width: 200, height: 100 };
const label = (text: string, box: Label['box'], prefers: Label['prefers'] = 'above'): Label => ({ text, box, prefers });

describe('placeLabels', () => {
  it('writes above a box, or inside it at its lower edge', () => {
    const box = [20, 30, 80, 90] as const;
    expect(placeLabels([label('dog', box)], image)).toEqual([{ x: 22, y: 27.5 }]);
    expect(placeLabels([label('dog', box, 'inside')], image)).toEqual([{ x: 22, y: 87.5 }]);
  });

  it('keeps a label in the image', () => {
    const [corner, low] = placeLabels(
      [label('dog', [190, 0, 200, 10]), label('cat', [0, 60, 50, 150], 'inside')],
      image,
    );
    expect(corner).toEqual({ x: 200 - 3 * 0.64 * 10, y: 10 });
    expect(low.y).toBeLessThanOrEqual(100);
  });

  it('gives coinciding boxes places of their own', () => {
    const box = [20, 30, 80, 80] as const;
    const places = placeLabels([label('dog', box), label('cat', box), label('cow', box), label('hen', box)], image);
    expect(places.map(({ y }) => y)).toEqual([27.5, 40, 77.5, 90]);
  });
});
