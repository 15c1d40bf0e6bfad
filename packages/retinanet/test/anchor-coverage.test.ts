import type { VocImage } from '@featuremine/voc';
import { adviceOn, anchorCoverage } from '../src/anchor-coverage';

function image(...boxes: (readonly [number, number, number, number])[]): VocImage {
  const objects = boxes.map((box, i) => ({
    name: 'thing',
    box,
    isDifficult: false,
    isTruncated: false,
    index: i + 1,
    classId: i % 2,
  }));
  return {
    id: '1',
    year: '2007',
    annotationPath: '1.xml',
    imagePath: '1.jpg',
    hasImage: true,
    widthPx: 256,
    heightPx: 256,
    objects,
  };
}

describe('anchorCoverage', () => {
  it('fits a box that is an anchor, and none of 4x4 pixels', () => {
    const coverage = anchorCoverage([image([48, 48, 80, 80], [100, 100, 104, 104])], {
      kind: 'longest-side',
      size: 256,
    });
    expect(coverage).toMatchObject({ objects: 2, fitted: 1, missed: 1 });
    expect(coverage.byClass.get(1)).toEqual({ objects: 1, fitted: 0, missed: 1 });
    expect(coverage.bySize.filter(({ objects }) => objects > 0).map(({ belowPx }) => belowPx)).toEqual([16, 64]);
  });

  it('measures after resizing: the same box is fitted when the image is enlarged', () => {
    const images = [image([100, 100, 110, 110])];
    expect(anchorCoverage(images, { kind: 'longest-side', size: 256 }).missed).toBe(1);
    expect(anchorCoverage(images, { kind: 'longest-side', size: 1024 }).fitted).toBe(1);
  });
});

describe('adviceOn', () => {
  it('is silent up to a tenth of the objects', () => {
    expect(adviceOn({ objects: 10, fitted: 9, missed: 1 })).toBeUndefined();
    expect(adviceOn({ objects: 10, fitted: 8, missed: 2 })).toMatch(/2 of 10 objects are too small/);
  });
});
