import { cachedImage, createImageCache, isFull, keepImage } from '../src/image-cache';
import { picture } from './fixture';

describe('createImageCache', () => {
  it('gives back what was kept, and nothing else', () => {
    const cache = createImageCache(3, 10_000);
    keepImage(cache, 1, picture(5, 4));
    expect(cachedImage(cache, 0)).toBeUndefined();
    const kept = cachedImage(cache, 1)!;
    expect([kept.width, kept.height, ...kept.data]).toEqual([5, 4, ...picture(5, 4).data]);
  });

  it('leaves out what does not fit, and still takes smaller images', () => {
    const cache = createImageCache(2, 200);
    expect(isFull(cache)).toBe(false);
    keepImage(cache, 0, picture(10, 10));
    expect(isFull(cache)).toBe(true);
    keepImage(cache, 1, picture(4, 4));
    expect(cachedImage(cache, 0)).toBeUndefined();
    expect(cachedImage(cache, 1)?.width).toBe(4);
  });

  it('keeps the first image of an index', () => {
    const cache = createImageCache(1, 1000);
    keepImage(cache, 0, picture(2, 2));
    keepImage(cache, 0, picture(3, 3));
    expect(cachedImage(cache, 0)?.width).toBe(2);
  });
});
