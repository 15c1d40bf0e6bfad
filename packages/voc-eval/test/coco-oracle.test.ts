import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DetectionList, evaluateCoco, type CocoEvaluation, type GroundTruth } from '@featuremine/voc-eval';
import { cocoOracle, objectOf, type OracleRow, type OracleTruth } from './support/coco-oracle';

type Box = readonly [number, number, number, number];
interface Fixture {
  readonly groundTruth: {
    readonly images: readonly { id: number }[];
    readonly categories: readonly { id: number }[];
    readonly annotations: readonly {
      image_id: number;
      category_id: number;
      bbox: Box;
      area: number;
      iscrowd: number;
    }[];
  };
  readonly results: readonly { image_id: number; category_id: number; bbox: Box; score: number }[];
  readonly stats: readonly number[];
}
const { cases } = JSON.parse(readFileSync(join(__dirname, 'fixtures/coco.json'), 'utf8')) as {
  readonly cases: Readonly<Record<string, Fixture>>;
};

function ours(truth: OracleTruth, rows: readonly OracleRow[], classCount: number): number[] {
  const groundTruth: GroundTruth = {
    classNames: Array.from({ length: classCount }, (_, k) => `c${k}`),
    images: truth.map((objects, i) => ({ id: `i${i}`, width: 400, height: 400, objects: objects.map(objectOf) })),
  };
  const list = new DetectionList();
  for (const { image, classId, score, bbox } of rows) {
    const [x, y, width, height] = bbox;
    list.add(image, classId, score, [x, y, x + width, y + height], width * height);
  }
  const e: CocoEvaluation = evaluateCoco({ groundTruth, detections: list.detections() });
  return [e.AP, e.AP50, e.AP75, e.APs, e.APm, e.APl, e.AR1, e.AR10, e.AR100, e.ARs, e.ARm, e.ARl];
}

function expectEqual(values: readonly number[], expected: readonly number[]): void {
  values.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-12));
}

describe('cocoOracle', () => {
  it.each(Object.keys(cases))('has the numbers of pycocotools: %s', (name) => {
    const { groundTruth, results, stats } = cases[name];
    const order = (entries: readonly { id: number }[]): number[] => entries.map(({ id }) => id).sort((a, b) => a - b);
    const [images, categories] = [order(groundTruth.images), order(groundTruth.categories)];
    const truth = images.map((id) => {
      return groundTruth.annotations
        .filter(({ image_id }) => image_id === id)
        .map(({ category_id, bbox, area, iscrowd }) => {
          return { classId: categories.indexOf(category_id), bbox, area, isCrowd: iscrowd === 1 };
        });
    });
    const rows = results.map(({ image_id, category_id, bbox, score }) => {
      return { image: images.indexOf(image_id), classId: categories.indexOf(category_id), bbox, score };
    });
    expectEqual(cocoOracle(truth, rows, categories.length), stats);
  });
});

// Sides around COCO's borders of 32 and 96 px, so that all sizes occur, and coarse steps, so that boxes coincide.
const side = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(16, 31, 32, 33, 64, 95, 96, 97, 120));
const bbox = fc.tuple(fc.nat(20), fc.nat(20), side, side);
const object = fc
  .record({ classId: fc.nat(1), bbox, isCrowd: fc.boolean(), share: fc.constantFrom(0.5, 1) })
  .map(({ share, ...rest }) => ({ ...rest, area: rest.bbox[2] * rest.bbox[3] * share }));
const images = fc.array(fc.array(object, { maxLength: 6 }), { minLength: 1, maxLength: 4 });
const row = fc.record({
  image: fc.nat(3),
  classId: fc.nat(2),
  score: fc.nat(5).map((n) => n / 5),
  bbox,
  copies: fc.option(fc.nat(5)),
  repeats: fc.constantFrom(1, 1, 1, 2, 12, 105),
});

describe('evaluateCoco', () => {
  it('equals a slow reading of cocoeval.py on random sets with crowds, ties, copies, empty classes and images', () => {
    fc.assert(
      fc.property(images, fc.array(row, { maxLength: 20 }), (truth, drawn) => {
        const rows = drawn.flatMap(({ copies, repeats, image: number, ...found }) => {
          const image = number % truth.length;
          // A copy lies exactly on an object.
          const source = copies === null ? undefined : truth[image][copies];
          return Array<OracleRow>(repeats).fill({ ...found, image, bbox: source?.bbox ?? found.bbox });
        });
        expectEqual(ours(truth, rows, 3), cocoOracle(truth, rows, 3));
      }),
      { numRuns: process.env['FEATUREMINE_LONG'] ? 5000 : 300 },
    );
  });
});
