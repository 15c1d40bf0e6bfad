import { describeResize, resizeFrom } from '../src/resize-option';

describe('resizeFrom', () => {
  it('reads N as the longest side, padded to a square', () =>
    expect(resizeFrom({ imageSize: '320' })).toEqual({ kind: 'longest-side', size: 320 }));
  it('reads WxH as a size to stretch to', () =>
    expect(resizeFrom({ imageSize: '320x240' })).toEqual({ kind: 'stretch', width: 320, height: 240 }));
  it('reads min and max size as the rule of torchvision', () =>
    expect(resizeFrom({ minSize: 600, maxSize: 1000 })).toEqual({ kind: 'min-max', minSize: 600, maxSize: 1000 }));
  it('takes 800 and 1333 in proportion where one of them is missing', () => {
    expect(resizeFrom({ minSize: 600 })).toEqual({ kind: 'min-max', minSize: 600, maxSize: 1000 });
    expect(resizeFrom({ maxSize: 1333 })).toEqual({ kind: 'min-max', minSize: 800, maxSize: 1333 });
  });
  it('is undefined without a flag', () => expect(resizeFrom({})).toBeUndefined());
  it('refuses both kinds together', () =>
    expect(() => resizeFrom({ imageSize: '320', minSize: 600 })).toThrow(/--image-size: it is given together/));
  it('refuses what is no size', () =>
    expect(() => resizeFrom({ imageSize: '320*240' })).toThrow(/expected N .* or WxH/));
  it('refuses images that are smaller than two of the smallest anchors', () => {
    expect(() => resizeFrom({ imageSize: '32' })).toThrow(/32 px is too small, expected at least 64 px/);
    expect(() => resizeFrom({ imageSize: '320x32' })).toThrow(/too small/);
  });
});

describe('describeResize', () => {
  it('names the three rules', () => {
    expect(describeResize({ kind: 'longest-side', size: 320 })).toBe('320 px, padded');
    expect(describeResize({ kind: 'stretch', width: 320, height: 240 })).toBe('320x240, stretched');
    expect(describeResize({ kind: 'min-max', minSize: 600, maxSize: 1000 })).toBe('600-1000 px');
  });
});
