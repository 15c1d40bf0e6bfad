import { openShapesClassification } from '../src';

describe('openShapesClassification', () => {
  it('draws the same images from the same seed, others from another seed or split', async () => {
    const dataOf = async (seed: number, split: string): Promise<string> => {
      const { image } = await openShapesClassification({ seed, split, count: 8, imageSize: 40 }).read(3);
      return Buffer.from(image.data).toString('base64');
    };
    expect(await dataOf(1, 'train')).toBe(await dataOf(1, 'train'));
    expect(await dataOf(1, 'train')).not.toBe(await dataOf(2, 'train'));
    expect(await dataOf(1, 'train')).not.toBe(await dataOf(1, 'test'));
  });

  it('gives each class its turn', () => {
    const dataset = openShapesClassification({ seed: 1, count: 5, classNames: ['star', 'ring'] });
    expect(Array.from({ length: 5 }, (_, i) => dataset.labelOf(i))).toEqual([0, 1, 0, 1, 0]);
  });

  it('refuses a class that is no shape, and names the nearest', () => {
    expect(() => openShapesClassification({ seed: 1, count: 1, classNames: ['cirle'] })).toThrow(
      /'cirle' is no shape, .*Did you mean 'circle'/,
    );
  });
});
