import { memoryTrend } from './support/memory-trend';

/** Samples every tenth batch, of a process that grows by so many kB a batch. */
function samples(growthKb: number, disturbed: Readonly<Record<number, number>> = {}): string {
  const lines = Array.from({ length: 8 }, (_, i) => {
    const batch = (i + 1) * 10;
    return `T ${batch} ${7e8 + growthKb * 1000 * batch + (disturbed[batch] ?? 0)} 0`;
  });
  return [...lines, 'E 1 5 3'].join('\n');
}

describe('memoryTrend', () => {
  it('is the growth of a batch', () => {
    const trend = memoryTrend(samples(700), { mark: 'T', from: 30 });
    expect(trend.slopeKb).toBeCloseTo(700, 6);
    expect(trend).toMatchObject({ batches: 80, tensorCounts: [0] });
  });

  it.each([70, 80])('sees neither less nor more when a checkpoint is written at batch %i', (batch) => {
    expect(memoryTrend(samples(0, { [batch]: 156e6 }), { mark: 'T', from: 30 }).slopeKb).toBe(0);
    expect(memoryTrend(samples(700, { [batch]: 156e6 }), { mark: 'T', from: 30 }).slopeKb).toBeCloseTo(700, 6);
  });
});
