import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  detectionsFromCocoResults,
  evaluateCoco,
  groundTruthFromCoco,
  type CocoEvaluation,
} from '@featuremine/voc-eval';
import { detections, groundTruth, object } from './support/build';

interface Case {
  readonly groundTruth: unknown;
  readonly results: unknown;
  readonly stats: readonly number[];
  readonly perClass: Readonly<Record<string, number>>;
}
const fixture = JSON.parse(readFileSync(join(__dirname, 'fixtures/coco.json'), 'utf8')) as {
  readonly peer: string;
  readonly cases: Readonly<Record<string, Case>>;
};

function twelve(e: CocoEvaluation): number[] {
  return [e.AP, e.AP50, e.AP75, e.APs, e.APm, e.APl, e.AR1, e.AR10, e.AR100, e.ARs, e.ARm, e.ARl];
}

describe(`evaluateCoco, against ${fixture.peer}`, () => {
  it.each(Object.keys(fixture.cases))('gives the same twelve numbers and class APs: %s', (name) => {
    const { groundTruth: content, results, stats, perClass } = fixture.cases[name];
    const truth = groundTruthFromCoco(content, 'ground truth');
    const found = detectionsFromCocoResults(results, truth, 'results').detections;
    const evaluation = evaluateCoco({ groundTruth: truth, detections: found });
    // Sums in another order: 1e-12 is some thousand roundings.
    twelve(evaluation).forEach((value, index) => expect(Math.abs(value - stats[index])).toBeLessThan(1e-12));
    for (const [className, ap] of Object.entries(perClass)) {
      expect(Math.abs(evaluation.classes[className].ap! - ap)).toBeLessThan(1e-12);
    }
  });
});

describe('evaluateCoco', () => {
  const difficult = object([0, 0, 10, 10], { isDifficult: true });
  const ordinary = object([50, 50, 90, 90]);
  const truth = groundTruth([[difficult, ordinary]]);
  const found = detections([0, 0.9, [0, 0, 10, 10]], [0, 0.8, [0, 0, 10, 9]], [0, 0.7, [50, 50, 90, 90]]);

  it('drops the first match on a difficult object, a crowd every match, and an ordinary one none', () => {
    // ignored, false, true: precision 1/2. ignored, ignored, true: 1. true, false, true of 2: 1, then 2/3.
    expect(evaluateCoco({ groundTruth: truth, detections: found, difficult: 'ignore' }).AP50).toBeCloseTo(1 / 2, 12);
    expect(evaluateCoco({ groundTruth: truth, detections: found, difficult: 'crowd' }).AP50).toBeCloseTo(1, 12);
    const both = evaluateCoco({ groundTruth: truth, detections: found, difficult: 'ordinary' });
    expect(both.AP50).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 12);
  });

  it('falls back to the second best object, unlike VOC', () => {
    const two = groundTruth([[object([0, 0, 10, 10]), object([0, 0, 10, 9])]]);
    const same = detections([0, 0.9, [0, 0, 10, 10]], [0, 0.8, [0, 0, 10, 10]]);
    expect(evaluateCoco({ groundTruth: two, detections: same }).AP50).toBeCloseTo(1, 12);
  });

  it('says −1 for sizes without objects, and for everything without ground truth', () => {
    const { APs, APl, ARl } = evaluateCoco({ groundTruth: groundTruth([[ordinary]]), detections: found });
    expect([APs, APl, ARl]).toEqual([-1, -1, -1]);
    const nothing = evaluateCoco({ groundTruth: groundTruth([[]]), detections: found });
    expect(twelve(nothing)).toEqual(Array(12).fill(-1));
    expect(nothing.classes['dog'].ap).toBe(-1);
  });
});
