import { classPartners } from '../src/class-partners';

describe('classPartners', () => {
  const labels = [0, 1, 0, 2, 1, 0];
  const dataset = { count: 6, classNames: ['a', 'b', 'c'], labelOf: (index: number) => labels[index] };
  const partners = (epoch: number): number[] =>
    labels.map((_, index) => classPartners(dataset, { seed: 1, epoch })(index));

  it('gives another image of the class, and the image itself where it is alone', () => {
    for (let epoch = 0; epoch < 20; epoch++) {
      partners(epoch).forEach((partner, index) => {
        expect(labels[partner]).toBe(labels[index]);
        expect(partner === index).toBe(index === 3);
      });
    }
  });

  it('gives each of the others as often', () => {
    const drawn = Array.from({ length: 2000 }, (_, epoch) => classPartners(dataset, { seed: 1, epoch })(2));
    // 1,000 expected, with a deviation of 22.
    expect(Math.abs(drawn.filter((partner) => partner === 0).length - 1000)).toBeLessThan(100);
    expect(new Set(drawn)).toEqual(new Set([0, 5]));
  });

  it('draws the same in the same epoch', () => {
    expect(partners(3)).toEqual(partners(3));
    expect(partners(3)).not.toEqual(partners(4));
  });
});
