import { aspectGroup, batchCount, planEpoch } from '../src';
import { occurrencesOf } from '../src/epoch-plan';

const options = { count: 23, batchSize: 4, seed: 5, epoch: 2, order: 'shuffled', lastBatch: 'short' } as const;

describe('planEpoch', () => {
  it('has each image once, in an order that depends on seed and epoch', () => {
    const plan = planEpoch(options).flatMap((batch) => [...batch]);
    expect([...plan].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => i));
    expect(planEpoch(options).flatMap((batch) => [...batch])).toEqual(plan);
    expect(planEpoch({ ...options, epoch: 3 }).flatMap((batch) => [...batch])).not.toEqual(plan);
    expect(planEpoch({ ...options, seed: 6 }).flatMap((batch) => [...batch])).not.toEqual(plan);
  });

  it('has the images of a subset as often as it names them', () => {
    const plan = planEpoch({ ...options, subset: [3, 3, 3, 8, 20] });
    expect(plan.map((batch) => batch.length)).toEqual([4, 1]);
    expect(plan.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([3, 3, 3, 8, 20]);
  });

  it('drops the last short batch, or leaves it short', () => {
    expect(planEpoch({ ...options, lastBatch: 'drop' }).map((batch) => batch.length)).toEqual([4, 4, 4, 4, 4]);
    expect(planEpoch({ ...options, lastBatch: 'pad' }).map((batch) => batch.length)).toEqual([4, 4, 4, 4, 4, 3]);
    expect(batchCount({ ...options, lastBatch: 'drop' })).toBe(5);
    expect(batchCount({ ...options, lastBatch: 'pad' })).toBe(6);
  });

  it('keeps groups together, but for the rests at the end, and loses none', () => {
    const groups = Array.from({ length: 23 }, (_, i) => i % 3);
    const plan = planEpoch({ ...options, groups });
    // 8 + 8 + 7 images: two, two and one whole batches of one group each.
    const pure = plan.filter((batch) => batch.length === 4 && new Set([...batch].map((i) => i % 3)).size === 1);
    expect(pure.length).toBeGreaterThanOrEqual(5);
    expect(plan.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => i));
  });

  it('drops images of every group in turn, so that ten epochs show all', () => {
    // Two wide images, which never fill a batch; 23 images leave 3 to drop.
    const groups = Array.from({ length: 23 }, (_, i) => (i < 2 ? 7 : i % 3));
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 10; epoch++) {
      for (const batch of planEpoch({ ...options, epoch, groups, lastBatch: 'drop' }))
        batch.forEach((i) => seen.add(i));
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => i));
  });
});

describe('occurrencesOf', () => {
  it('numbers the places of an image along the batches', () => {
    const batches = [Int32Array.of(4, 1, 4), Int32Array.of(1, 4)];
    expect(occurrencesOf(batches).map((batch) => [...batch])).toEqual([
      [0, 0, 1],
      [1, 2],
    ]);
  });
});

describe('aspectGroup', () => {
  it('parts upright from wide images, and ends at 1:2 and 2:1', () => {
    expect(aspectGroup(375, 500)).toBeLessThan(aspectGroup(500, 375));
    expect(aspectGroup(500, 375)).toBe(aspectGroup(500, 376));
    expect([aspectGroup(10, 1000), aspectGroup(1000, 10)]).toEqual([0, 7]);
  });
});
