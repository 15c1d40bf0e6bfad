import fc from 'fast-check';
import { StreamOrder } from '../src/records/stream-order';
import type { StreamOrderOptions } from '../src/records/stream-order';

const options: StreamOrderOptions = { counts: [50, 30, 20], bufferSize: 16, seed: 1, epoch: 0, order: 'shuffled' };

function recordsOf(order: StreamOrder): number[] {
  const records: number[] = [];
  for (let step = order.next(); step !== undefined; step = order.next()) records.push(step.record);
  return records;
}

const sorted = (records: readonly number[]): number[] => [...records].sort((a, b) => a - b);

describe('StreamOrder', () => {
  it('lets every record leave once, in an order of the seed and the epoch', () => {
    const records = recordsOf(new StreamOrder(options));
    expect(sorted(records)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(recordsOf(new StreamOrder(options))).toEqual(records);
    expect(recordsOf(new StreamOrder({ ...options, seed: 2 }))).not.toEqual(records);
    expect(recordsOf(new StreamOrder({ ...options, epoch: 1 }))).not.toEqual(records);
  });

  it('mixes neighbours, and begins with any shard', () => {
    const firsts = [0, 1, 2, 3, 4, 5, 6, 7].map((epoch) => recordsOf(new StreamOrder({ ...options, epoch }))[0]);
    expect(new Set(firsts.map((record) => (record < 50 ? 0 : record < 80 ? 1 : 2))).size).toBe(3);
    const steps = recordsOf(new StreamOrder(options));
    expect(steps.filter((record, i) => i > 0 && record === steps[i - 1] + 1).length).toBeLessThan(20);
  });

  it('keeps the order of the index when it is sequential', () => {
    const records = recordsOf(new StreamOrder({ ...options, order: 'sequential' }));
    expect(records).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('goes on after any number of records as if it had not stopped, and knows what comes in', () => {
    const counts = fc.array(fc.nat(12), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 40 }), fc.nat(60), (shards, bufferSize, skipped) => {
        const settings = { ...options, counts: shards, bufferSize };
        const resumed = new StreamOrder(settings);
        resumed.skip(skipped);
        const upcoming = [...resumed.upcoming()];
        const whole = recordsOf(new StreamOrder(settings));
        const waiting = [...resumed.places.subarray(0, resumed.filled), ...upcoming];
        const rest = recordsOf(resumed);
        expect(rest).toEqual(whole.slice(skipped));
        expect(sorted(waiting)).toEqual(sorted(rest));
      }),
    );
  });
});
