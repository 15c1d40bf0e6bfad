import * as fc from 'fast-check';
import { stratifiedSplit } from '../src/split/stratified-split';
import type { SplitImage } from '../src/split/stratified-split';

const parts = [
  { name: 'train', share: 0.8 },
  { name: 'val', share: 0.2 },
];

/** Images a0, a1, … with these classes each. */
function imagesOf(prefix: string, count: number, classIds: readonly number[]): SplitImage[] {
  return Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i}`, classIds }));
}

/** How many of a class's images are in a part. */
function countOf(split: ReadonlyMap<string, readonly string[]>, part: string, prefix: string): number {
  return split.get(part)!.filter((id) => id.startsWith(prefix)).length;
}

describe('stratifiedSplit', () => {
  it('spreads each class by the shares, rare ones too, and images without objects', () => {
    const images = [...imagesOf('a', 60, [0]), ...imagesOf('b', 10, [1, 1]), ...imagesOf('n', 30, [])];
    const split = stratifiedSplit(images, parts, 1);
    expect(['a', 'b', 'n'].map((prefix) => countOf(split, 'val', prefix))).toEqual([12, 2, 6]);
    expect(split.get('train')).toHaveLength(80);
  });

  it('gives the only image of a class to training, and of two one to each part', () => {
    const images = [...imagesOf('a', 20, [0]), ...imagesOf('one', 1, [1]), ...imagesOf('two', 2, [2])];
    for (const seed of [0, 1, 2, 3]) {
      const split = stratifiedSplit(images, parts, seed);
      expect(countOf(split, 'train', 'one')).toBe(1);
      expect([countOf(split, 'train', 'two'), countOf(split, 'val', 'two')]).toEqual([1, 1]);
    }
  });

  it('depends on the seed, and not on the order of the images', () => {
    const images = [...imagesOf('a', 20, [0]), ...imagesOf('b', 20, [1])];
    const split = stratifiedSplit(images, parts, 5);
    expect(stratifiedSplit([...images].reverse(), parts, 5)).toEqual(split);
    expect(stratifiedSplit(images, parts, 6)).not.toEqual(split);
  });

  it('puts every image into one part, of the sizes that the shares say, whatever the classes', () => {
    const three = [
      { name: 'train', share: 0.5 },
      { name: 'val', share: 0.3 },
      { name: 'test', share: 0.2 },
    ];
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(6), { maxLength: 4 }), { minLength: 1, maxLength: 60 }), (classes) => {
        const images = classes.map((classIds, i) => ({ id: String(i).padStart(3, '0'), classIds }));
        const split = stratifiedSplit(images, three, 0);
        expect([...split.values()].flat().sort()).toEqual(images.map(({ id }) => id));
        const [val, test] = [0.3, 0.2].map((share) => Math.round(share * images.length));
        expect(['val', 'test'].map((name) => split.get(name)!.length)).toEqual([val, test]);
      }),
    );
  });
});
