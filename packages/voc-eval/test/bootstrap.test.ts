import { bootstrap, comparePaired, evaluateVoc, interval, judge, type Detections } from '@featuremine/voc-eval';
import { Random } from '@featuremine/random';
import { detections, groundTruth, object } from './support/build';

const box = [0, 0, 10, 10] as const;
/** 60 images with one object each, of which a share is found by a detection with a score above the false ones. */
function sample(seed: number, found: number): { truth: ReturnType<typeof groundTruth>; rows: Detections } {
  const random = Random.of(seed, 'sample');
  const rows: [number, number, readonly [number, number, number, number]][] = [];
  for (let image = 0; image < 60; image++) {
    rows.push([image, random.uniform(), random.chance(found) ? box : [50, 50, 60, 60]]);
  }
  return { truth: groundTruth(Array.from({ length: 60 }, () => [object(box)])), rows: detections(...rows) };
}

describe('bootstrap', () => {
  const { truth, rows } = sample(1, 0.7);
  const judgement = judge({ groundTruth: truth, detections: rows, protocol: 'voc10' });

  it('evaluates copies of the drawn images: its first resample equals an evaluation of them', () => {
    const { mAP } = bootstrap(judgement, { resamples: 1, seed: 3 });
    const random = Random.of(3, 'bootstrap', 0);
    const drawn = Array.from({ length: 60 }, () => random.integer(60));
    // Copies of an image stand where the image stood, so that equal scores keep their order.
    drawn.sort((a, b) => a - b);
    const copies = detections(
      ...drawn.map((image, copy) => {
        return [copy, rows.score[image], [...rows.box.subarray(4 * image, 4 * image + 4)] as never] as const;
      }),
    );
    const images = drawn.map((image) => truth.images[image].objects);
    const evaluation = evaluateVoc({ groundTruth: groundTruth(images), detections: copies, protocol: 'voc10' });
    expect(mAP[0]).toBeCloseTo(evaluation.mAP!, 12);
  });

  it('draws the same images for the same seed, and others for another', () => {
    const once = bootstrap(judgement, { resamples: 20, seed: 1 }).mAP;
    expect(bootstrap(judgement, { resamples: 20, seed: 1 }).mAP).toEqual(once);
    expect(bootstrap(judgement, { resamples: 20, seed: 2 }).mAP).not.toEqual(once);
  });

  it('has an interval around the AP of about two standard deviations of a share each way', () => {
    const all = sample(2, 0.5);
    const ap = judge({ groundTruth: all.truth, detections: all.rows, protocol: 'voc10' });
    const { low, high } = interval(bootstrap(ap, { resamples: 500 }).mAP)!;
    const { mAP } = evaluateVoc({ groundTruth: all.truth, detections: all.rows, protocol: 'voc10' });
    expect(low).toBeLessThan(mAP!);
    expect(high).toBeGreaterThan(mAP!);
    expect(high - low).toBeGreaterThan(0.1);
    expect(high - low).toBeLessThan(0.5);
  });

  it('says nothing of a class without objects', () => {
    const none = judge({ groundTruth: groundTruth([[]]), detections: detections(), protocol: 'coco' });
    expect(interval(bootstrap(none, { resamples: 5 }).mAP)).toBeUndefined();
  });
});

describe('comparePaired', () => {
  it('finds a difference that the intervals of both alone do not show', () => {
    // B differs from A in three images only, always for the better.
    const { truth, rows } = sample(4, 0.6);
    const better = rows.box.slice();
    let mended = 0;
    for (let row = 0; row < 60 && mended < 6; row++) {
      if (better[4 * row] === 0) continue;
      better.set(box, 4 * row);
      mended++;
    }
    const [a, b] = [rows, { ...rows, box: better }].map((found) => {
      return judge({ groundTruth: truth, detections: found, protocol: 'voc10' });
    });
    const { mAP } = comparePaired(a, b, { resamples: 400 });
    expect(mAP.difference).toBeCloseTo(mAP.b! - mAP.a!, 12);
    expect(mAP.interval!.low).toBeGreaterThan(0);
    expect(mAP.pValue).toBeLessThan(0.05);
    const alone = [a, b].map((judged) => interval(bootstrap(judged, { resamples: 400 }).mAP)!);
    expect(alone[0].high).toBeGreaterThan(alone[1].low);
  });

  it('finds none between equals, and refuses two ground truths', () => {
    const { truth, rows } = sample(5, 0.6);
    const a = judge({ groundTruth: truth, detections: rows, protocol: 'voc07' });
    const { mAP } = comparePaired(a, a, { resamples: 50 });
    expect(mAP).toMatchObject({ difference: 0, interval: { low: 0, high: 0 }, pValue: 1 });
    const other = judge({ groundTruth: groundTruth([[]]), detections: detections(), protocol: 'voc07' });
    expect(() => comparePaired(a, other)).toThrow('two different ground truths');
  });
});
