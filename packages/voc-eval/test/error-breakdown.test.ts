import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  detectionsFromCocoResults,
  errorBreakdown,
  errorTypes,
  groundTruthFromCoco,
  type ErrorType,
} from '@featuremine/voc-eval';
import { detections, groundTruth, object } from './support/build';

interface TideNumbers {
  readonly ap: number;
  readonly points: Readonly<Record<ErrorType, number>>;
  readonly counts: Readonly<Record<ErrorType, number>>;
  readonly falsePositivePoints: number;
  readonly falseNegativePoints: number;
}
function fixture<T>(file: string): { peer: string; cases: Record<string, T> } {
  return JSON.parse(readFileSync(join(__dirname, 'fixtures', file), 'utf8')) as {
    peer: string;
    cases: Record<string, T>;
  };
}
const sets = fixture<{ groundTruth: unknown; results: unknown }>('coco.json').cases;
const tide = fixture<TideNumbers>('tide.json');

describe(`errorBreakdown, against ${tide.peer}`, () => {
  it.each(Object.keys(tide.cases))('gives the same points and counts: %s', (name) => {
    const truth = groundTruthFromCoco(sets[name].groundTruth, 'ground truth');
    const found = detectionsFromCocoResults(sets[name].results, truth, 'results').detections;
    const { all } = errorBreakdown({ groundTruth: truth, detections: found });
    const expected = tide.cases[name];
    expect(all.counts).toEqual(expected.counts);
    // Points are percent: sums in another order differ by some roundings.
    expect(all.ap).toBeCloseTo(expected.ap, 9);
    for (const type of errorTypes) expect(all.points[type]).toBeCloseTo(expected.points[type], 9);
    expect(all.falsePositivePoints).toBeCloseTo(expected.falsePositivePoints, 9);
    expect(all.falseNegativePoints).toBeCloseTo(expected.falseNegativePoints, 9);
  });
});

describe('errorBreakdown', () => {
  const truth = groundTruth([[object([0, 0, 10, 10]), object([50, 50, 60, 60], { classId: 1 })]], ['cat', 'dog']);

  it.each([
    ['localisation', [0, 0.9, [0, 0, 10, 3]]],
    ['classification', [0, 0.9, [50, 50, 60, 60]]],
    ['background', [0, 0.9, [80, 80, 90, 90]]],
    // 20 % of the dog's box: too much for background, too little for a wrong class.
    ['both', [0, 0.9, [50, 50, 60, 52]]],
  ] as const)('names a %s error', (type, row) => {
    const { counts } = errorBreakdown({ groundTruth: truth, detections: detections(row) }).all;
    expect(counts[type]).toBe(1);
  });

  it('names a duplicate and a missed object, and costs them by class', () => {
    const twice = detections([0, 0.9, [0, 0, 10, 10]], [0, 0.8, [0, 0, 10, 10]]);
    const { all, classes } = errorBreakdown({ groundTruth: truth, detections: twice });
    expect(all.counts).toMatchObject({ duplicate: 1, missed: 1 });
    expect(classes['cat']).toMatchObject({ ap: 100, points: { duplicate: 0 }, counts: { duplicate: 1, missed: 0 } });
    expect(classes['dog']).toMatchObject({ ap: 0, counts: { missed: 1 } });
    // Without its one object the class has nothing to judge and leaves the mean: 50 becomes 100.
    expect(all.points.missed).toBe(50);
  });

  it('does not count a detection inside a difficult object, unless that is ordinary', () => {
    const difficult = groundTruth([[object([0, 0, 10, 10], { isDifficult: true }), object([50, 50, 60, 60])]]);
    const found = detections([0, 0.9, [0, 0, 10, 5]], [0, 0.8, [50, 50, 60, 60]]);
    expect(errorBreakdown({ groundTruth: difficult, detections: found }).all.ap).toBe(100);
    const ordinary = errorBreakdown({ groundTruth: difficult, detections: found, difficult: 'ordinary', iou: 0.6 }).all;
    expect(ordinary.counts.localisation).toBe(1);
  });
});
