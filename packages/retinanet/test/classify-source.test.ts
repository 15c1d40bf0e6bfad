import { parseClassifySource } from '../src/chain/classify-source';

describe('parseClassifySource', () => {
  it('reads data set, folder and size', () =>
    expect(parseClassifySource('cifar100:data/tiny@128')).toEqual({
      kind: 'cifar100',
      folder: 'data/tiny',
      imageSize: 128,
    }));
  it('takes a folder with a colon and an at sign in it', () =>
    expect(parseClassifySource('folder:C:/a@b@96').folder).toBe('C:/a@b'));
  it('needs no folder for shapes, which are drawn', () =>
    expect(parseClassifySource('shapes@128')).toEqual({ kind: 'shapes', folder: undefined, imageSize: 128 }));
  it.each(['cifar100@128', 'shapes:dir@128', 'voc:dir@128', 'cifar100:dir'])('refuses %s', (text) =>
    expect(() => parseClassifySource(text)).toThrow(/expected DATASET:DIR@SIZE/),
  );
  it('refuses images on which Feature Mining mines nothing', () =>
    expect(() => parseClassifySource('cifar100:dir@64')).toThrow(/too small, expected at least 96 px/));
});
