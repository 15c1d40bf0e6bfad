import { discoverClassNames } from '../src';

describe('discoverClassNames', () => {
  it('gives all 20 for a part of the VOC classes', () => {
    const names = discoverClassNames(['dog', 'person', 'dog']);
    expect(names).toHaveLength(20);
    expect(names.indexOf('dog')).toBe(11);
  });
  it('gives the names found, sorted, as soon as one is another', () => {
    expect(discoverClassNames(['dog', 'Dog', 'aardvark'])).toEqual(['Dog', 'aardvark', 'dog']);
  });
});
