import { Random } from '@featuremine/random';
import { largestDifference } from '../../../test/support/distance';
import { changeColours, drawColourJitter } from '../src';
import { floatsOf, picture, torchvision } from './fixture';

describe('changeColours', () => {
  it('changes brightness, contrast, saturation and hue as torchvision does', () => {
    const image = { ...picture(17, 11), data: Float32Array.from(picture(17, 11).data) };
    for (const { property, amount, values } of torchvision.colour) {
      const { data } = changeColours(image, [{ property, amount }]);
      const difference = largestDifference(
        data.map((value) => value / 255),
        floatsOf(values),
      );
      expect([property, amount, difference < 2e-6]).toEqual([property, amount, true]);
    }
  });

  it('rounds 8-bit images once, at the end', () => {
    const image = { width: 1, height: 1, data: Uint8Array.of(101, 101, 101) };
    const changes = [
      { property: 'brightness', amount: 0.5 },
      { property: 'brightness', amount: 2 },
    ] as const;
    expect([...changeColours(image, changes).data]).toEqual([101, 101, 101]);
  });

  it('does not write into its argument', () => {
    const image = picture(3, 3);
    const before = [...image.data];
    changeColours(image, [{ property: 'hue', amount: 0.25 }]);
    expect([...image.data]).toEqual(before);
  });
});

describe('drawColourJitter', () => {
  it('draws each asked property once, in its range, in varying order', () => {
    const orders = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const changes = drawColourJitter({ brightness: 0.4, contrast: 1.5, hue: 0.1 }, Random.of(i));
      orders.add(changes.map(({ property }) => property).join());
      for (const { property, amount } of changes) {
        const [low, high] = { brightness: [0.6, 1.4], contrast: [0, 2.5], saturation: [1, 1], hue: [-0.1, 0.1] }[
          property
        ];
        expect(amount).toBeGreaterThanOrEqual(low);
        expect(amount).toBeLessThanOrEqual(high);
      }
    }
    expect(orders.size).toBe(6);
  });
});
