import fc from 'fast-check';
import { DetectionList, evaluateVoc, type GroundTruth } from '@featuremine/voc-eval';

type Box = [number, number, number, number];
interface Row {
  readonly image: number;
  readonly classId: number;
  readonly score: number;
  readonly box: Box;
}

/** VOCevaldet, word by word and as slow as it likes, on VOC's inclusive pixels. */
function oracle(truth: GroundTruth, rows: readonly Row[], classId: number, is07: boolean): number | null {
  const used = new Set<string>();
  const objects = truth.images.map((image) => image.objects.filter((object) => object.classId === classId));
  const positives = objects.flat().filter(({ isDifficult }) => !isDifficult).length;
  if (positives === 0) return null;
  const sorted = rows.filter((row) => row.classId === classId).sort((a, b) => b.score - a.score);
  let [tp, fp] = [0, 0];
  const points: { recall: number; precision: number }[] = [];
  for (const { image, box } of sorted) {
    let [best, at] = [-Infinity, -1];
    objects[image].forEach((object, index) => {
      const [a, b] = [box, object.box].map(([x1, y1, x2, y2]) => [x1 + 1, y1 + 1, x2, y2]);
      const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1;
      const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1;
      if (width <= 0 || height <= 0) return;
      const area = ([x1, y1, x2, y2]: number[]): number => (x2 - x1 + 1) * (y2 - y1 + 1);
      const iou = (width * height) / (area(a) + area(b) - width * height);
      if (iou > best) [best, at] = [iou, index];
    });
    if (best < 0.5) fp++;
    else if (!objects[image][at].isDifficult) {
      if (used.has(`${image} ${at}`)) fp++;
      else tp++;
      used.add(`${image} ${at}`);
    }
    if (tp + fp > 0) points.push({ recall: tp / positives, precision: tp / (tp + fp) });
  }
  const highest = (recall: number): number => {
    return Math.max(0, ...points.filter((point) => point.recall >= recall).map(({ precision }) => precision));
  };
  if (is07) return Array.from({ length: 11 }, (_, i) => highest(i * 0.1)).reduce((sum, p) => sum + p, 0) / 11;
  const levels = [...new Set(points.map(({ recall }) => recall))].sort((a, b) => a - b);
  return levels.reduce((sum, recall, i) => sum + (recall - (levels[i - 1] ?? 0)) * highest(recall), 0);
}

const box = fc.tuple(fc.nat(20), fc.nat(20), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
const corners = box.map(([x, y, w, h]): Box => [x, y, x + w, y + h]);
const object = fc.record({ classId: fc.nat(1), isDifficult: fc.boolean(), box: corners });
const images = fc.array(fc.array(object, { maxLength: 5 }), { minLength: 1, maxLength: 4 });
const row = fc.record({
  image: fc.nat(3),
  classId: fc.nat(2),
  score: fc.nat(5).map((n) => n / 5),
  box: corners,
  copies: fc.option(fc.nat(4)),
});

describe('evaluateVoc', () => {
  it('equals a slow reading of VOCevaldet on random sets with ties, difficult objects, copies and empty classes', () => {
    fc.assert(
      fc.property(images, fc.array(row, { maxLength: 30 }), (annotated, drawn) => {
        const truth: GroundTruth = {
          classNames: ['a', 'b', 'c'],
          images: annotated.map((objects, i) => ({ id: String(i), width: 40, height: 40, objects })),
        };
        const rows = drawn.map(({ copies, ...found }): Row => {
          const image = found.image % annotated.length;
          // A copy lies exactly on an object.
          const source = copies === null ? undefined : annotated[image][copies];
          return source === undefined ? { ...found, image } : { ...found, image, box: [...source.box] as Box };
        });
        const list = new DetectionList();
        for (const found of rows) list.add(found.image, found.classId, found.score, found.box);
        for (const protocol of ['voc07', 'voc10'] as const) {
          const { classes } = evaluateVoc({ groundTruth: truth, detections: list.detections(), protocol });
          truth.classNames.forEach((name, classId) => {
            const expected = oracle(truth, rows, classId, protocol === 'voc07');
            if (expected === null) expect(classes[name].ap).toBeNull();
            else expect(classes[name].ap).toBeCloseTo(expected, 12);
          });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
