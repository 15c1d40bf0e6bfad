import { RETINANET_ANCHORS, iouMatrix, retinanetAnchors } from '@featuremine/boxes';
import type { VocImage } from '@featuremine/voc';
import * as fc from 'fast-check';
import { adviceOn, anchorCoverage } from '../src/anchor-coverage';
import type { AnchorCoverage } from '../src/anchor-coverage';
import { AnchorFit } from '../src/anchor-fit';
import { suggestAnchors, typicalRatios } from '../src/suggest-anchors';

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

describe('AnchorFit', () => {
  it('equals the best of all anchors', () => {
    const side = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 64, max: 400 }), fc.integer({ min: 64, max: 400 })),
        fc.tuple(fc.nat({ max: 350 }), fc.nat({ max: 350 }), side, side),
        fc.constantFrom(RETINANET_ANCHORS, { sizes: [9, 30, 70, 150, 301], ratios: [0.3, 2.2] }),
        ([width, height], [x, y, w, h], shapes) => {
          const box = Float32Array.of(x, y, x + w, y + h);
          const all = iouMatrix(box, retinanetAnchors(width, height, shapes));
          expect(new AnchorFit({ width, height }, shapes).bestIou(box)).toBeCloseTo(Math.max(...all), 5);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('suggestAnchors', () => {
  const resize = { kind: 'longest-side', size: 256 } as const;
  const grid = (width: number, height: number): VocImage =>
    image(
      ...[0, 1, 2, 3, 4, 5].map((i): [number, number, number, number] => {
        const [x, y] = [17 + 31 * i, 23 + 19 * i];
        return [x, y, x + width, y + height];
      }),
    );

  it('suggests smaller sizes for small objects, with the usual ratios', () => {
    const suggestion = suggestAnchors([grid(9, 9), grid(12, 11)], resize)!;
    expect(suggestion.sizes[0]).toBeLessThanOrEqual(11);
    expect(suggestion.ratios).toEqual([0.5, 1, 2]);
    const coverage = anchorCoverage([grid(9, 9), grid(12, 11)], resize, suggestion);
    expect(coverage.fitted / coverage.objects).toBeCloseTo(suggestion.fittedShare, 10);
    expect(coverage.fitted).toBeGreaterThan(anchorCoverage([grid(9, 9), grid(12, 11)], resize).fitted);
  });

  it('suggests the objects’ own ratios for long ones', () => {
    const suggestion = suggestAnchors([grid(20, 120), grid(24, 130)], resize)!;
    for (const ratio of suggestion.ratios) expect(ratio).toBeGreaterThan(4);
  });

  it('suggests nothing where torchvision’s fit, nor what is used already', () => {
    expect(suggestAnchors([grid(40, 40), grid(64, 50)], resize)).toBeUndefined();
    const small = [grid(9, 9), grid(12, 11)];
    expect(suggestAnchors(small, resize, suggestAnchors(small, resize))).toBeUndefined();
    expect(suggestAnchors([image()], resize)).toBeUndefined();
  });
});

describe('typicalRatios', () => {
  it('is the mean of each third on a logarithmic scale, to two digits', () => {
    expect(typicalRatios([0.25, 1, 1, 2, 8, 0.25])).toEqual([0.25, 1, 4]);
    expect(typicalRatios([2])).toEqual([2]);
  });
});

describe('adviceOn', () => {
  it('names a class of which more than a quarter has no anchor, however few its objects are', () => {
    const of = (missed: number): AnchorCoverage => ({
      ...{ objects: 100, fitted: 90, missed, bySize: [] },
      byClass: new Map([[1, { objects: 5, fitted: 1, missed }]]),
    });
    expect(adviceOn(of(3), ['big', 'platelet'])).toMatch(/^3 of 5 objects of platelet are too small/);
    expect(adviceOn(of(1), ['big', 'platelet'])).toBeUndefined();
  });

  it('is silent up to a tenth of the objects', () => {
    const none = { byClass: new Map(), bySize: [] };
    expect(adviceOn({ ...none, objects: 10, fitted: 9, missed: 1 }, [])).toBeUndefined();
    expect(adviceOn({ ...none, objects: 10, fitted: 8, missed: 2 }, [])).toMatch(/2 of 10 objects are too small/);
  });
});
