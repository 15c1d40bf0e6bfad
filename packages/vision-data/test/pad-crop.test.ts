import { Random } from '@featuremine/random';
import { padCrop } from '../src';
import { picture } from './fixture';

describe('padCrop', () => {
  it('is one of the 81 shifts by up to 4 pixels, with black borders, and each occurs', () => {
    const image = { ...picture(6, 5), data: picture(6, 5).data.map((value) => Math.max(1, value)) };
    const shifted = (dx: number, dy: number): string => {
      const rows = Array.from({ length: 5 }, (_, y) =>
        Array.from({ length: 6 }, (_, x) => {
          const [sx, sy] = [x + dx, y + dy];
          const isInside = sx >= 0 && sx < 6 && sy >= 0 && sy < 5;
          return isInside ? [...image.data.subarray((sy * 6 + sx) * 3, (sy * 6 + sx) * 3 + 3)] : [0, 0, 0];
        }),
      );
      return rows.flat(2).join();
    };
    const shifts = Array.from({ length: 9 }, (_, i) => i - 4);
    const possible = new Set(shifts.flatMap((dx) => shifts.map((dy) => shifted(dx, dy))));
    const seen = new Set<string>();
    for (let i = 0; i < 1500; i++) seen.add(padCrop(image, 4, Random.of(i)).data.join());
    expect(seen).toEqual(possible);
  });
});
