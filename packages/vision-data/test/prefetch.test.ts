import { prefetchInOrder } from '../src/prefetch';

describe('prefetchInOrder', () => {
  it('gives results in order, whichever is ready first', async () => {
    const results: number[] = [];
    const make = async (position: number): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, (7 - position) * 2));
      return position;
    };
    for await (const value of prefetchInOrder({ count: 7, ahead: 4, make })) results.push(value);
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('never begins more than `ahead` beyond the one that is taken', async () => {
    let begun = 0;
    let taken = 0;
    const make = (): Promise<void> => {
      begun++;
      expect(begun - taken).toBeLessThanOrEqual(3 + 1);
      return Promise.resolve();
    };
    const results = prefetchInOrder({ count: 20, ahead: 3, make });
    while ((await results.next()).done !== true) {
      taken++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(begun).toBe(20);
  });

  it('throws a failure in its turn', async () => {
    const results: number[] = [];
    const make = (position: number): Promise<number> =>
      position === 2 ? Promise.reject(new Error('third')) : Promise.resolve(position);
    const all = (async () => {
      for await (const value of prefetchInOrder({ count: 5, ahead: 4, make })) results.push(value);
    })();
    await expect(all).rejects.toThrow('third');
    expect(results).toEqual([0, 1]);
  });
});
