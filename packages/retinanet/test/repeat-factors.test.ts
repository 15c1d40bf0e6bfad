import { Random } from '@featuremine/random';
import * as fc from 'fast-check';
import { drawRepeats, repeatFactors, repeatedCount } from '../src/repeat-factors';

// Class 0 is in all eight images, class 1 in two, class 2 in one.
const images = [[0], [0], [0], [0], [0], [0, 1, 1], [0, 1], [0, 2]].map((labels) => ({ labels }));

describe('repeatFactors', () => {
  it('is √(threshold / share) of the rarest class of an image, and at least 1', () => {
    const factors = repeatFactors(images, 0.5);
    expect([...factors.subarray(0, 5)]).toEqual([1, 1, 1, 1, 1]);
    expect(factors[5]).toBeCloseTo(Math.sqrt(0.5 / 0.25), 12);
    expect(factors[6]).toBe(factors[5]);
    expect(factors[7]).toBeCloseTo(2, 12);
  });

  it('repeats nothing below the rarest share, and an image without objects never', () => {
    expect([...repeatFactors(images, 0.1)]).toEqual(Array(8).fill(1));
    expect([...repeatFactors([{ labels: [] }, { labels: [3] }, { labels: [] }], 1)]).toEqual([1, Math.sqrt(3), 1]);
  });
});

describe('drawRepeats', () => {
  const factors = Float64Array.of(1, 1.5, 1, 2.25, 1);

  it('has as many images in each epoch, each of them by its factor on average', () => {
    const counts = new Float64Array(5);
    const epochs = 2000;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const drawn = drawRepeats(factors, Random.of(1, epoch));
      expect(drawn.length).toBe(6);
      drawn.forEach((image) => counts[image]++);
    }
    // Of 6.75 images on average 6 are taken.
    counts.forEach((count, i) => expect(count / epochs).toBeCloseTo((factors[i] * 6) / 6.75, 1));
  });

  it('never repeats an image more than its factor rounded up', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 4, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        (list, seed) => {
          const own = Float64Array.from(list);
          const drawn = [...drawRepeats(own, Random.of(seed))];
          expect(drawn.length).toBe(repeatedCount(own));
          list.forEach((factor, i) =>
            expect(drawn.filter((image) => image === i).length).toBeLessThanOrEqual(Math.ceil(factor + 1e-6)),
          );
        },
      ),
    );
  });
});
