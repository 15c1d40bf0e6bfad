import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createSchedule, scheduleFromOptions, scheduleKinds } from '../src';
import type { Schedule } from '../src';

const fixture = JSON.parse(readFileSync(join(__dirname, 'fixtures/schedules.json'), 'utf8')) as Record<
  string,
  number[]
>;

// PyTorch moves its rates by factors from step to step; a few roundings of float64 add up.
function expectRates(schedule: Schedule, expected: readonly number[]): void {
  expected.forEach((rate, step) => expect(Math.abs(schedule(step) / rate - 1)).toBeLessThan(1e-9));
}

describe('createSchedule', () => {
  it('keeps a constant rate', () => {
    const schedule = createSchedule({ kind: 'constant', learningRate: 0.3, totalSteps: 10 });
    expect([0, 5, 9].map(schedule)).toEqual([0.3, 0.3, 0.3]);
  });

  it('rises in a line to the rate over the warm-up, from a thousandth of it', () => {
    const schedule = createSchedule({ kind: 'constant', learningRate: 1, totalSteps: 10, warmupSteps: 4 });
    expect([0, 1, 2, 3, 4, 5].map(schedule)).toEqual([0.001, 0.25075, 0.5005, 0.75025, 1, 1]);
  });

  it('multiplies at each milestone', () => {
    const schedule = createSchedule({
      kind: 'multi-step',
      learningRate: 1,
      totalSteps: 10,
      milestones: [4, 6],
      decayFactor: 0.5,
    });
    expect([3, 4, 5, 6, 9].map(schedule)).toEqual([1, 0.5, 0.5, 0.25, 0.25]);
  });

  it('falls along a cosine from the end of the warm-up to the last step', () => {
    const schedule = createSchedule({ kind: 'cosine', learningRate: 2, totalSteps: 14, warmupSteps: 4 });
    expect(schedule(4)).toBe(2);
    expect(schedule(9)).toBeCloseTo(1, 12);
    expect(schedule(14)).toBeCloseTo(0, 12);
  });

  it("equals PyTorch's schedulers", () => {
    const { oneCycle, oneCycleTenth, cosine, multiStep, warmup } = fixture;
    expectRates(createSchedule({ kind: 'one-cycle', learningRate: 0.5, totalSteps: 40 }), oneCycle);
    const short = createSchedule({ kind: 'one-cycle', learningRate: 4e-4, totalSteps: 40, riseShare: 0.1 });
    expectRates(short, oneCycleTenth);
    expectRates(createSchedule({ kind: 'cosine', learningRate: 0.1, totalSteps: 20, finalFactor: 0.1 }), cosine);
    const milestones = [4, 9];
    expectRates(createSchedule({ kind: 'multi-step', learningRate: 0.1, totalSteps: 12, milestones }), multiStep);
    expectRates(createSchedule({ kind: 'constant', learningRate: 0.02, totalSteps: 8, warmupSteps: 5 }), warmup);
  });

  it('gives a finite rate from 0 to the highest one at every step of every length', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...scheduleKinds),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 60 }),
        (kind, totalSteps, warmupSteps) => {
          const schedule = createSchedule({ kind, learningRate: 0.1, totalSteps, warmupSteps });
          for (let step = 0; step < totalSteps; step++) {
            const rate = schedule(step);
            if (!(rate >= 0 && rate <= 0.1 + 1e-12)) return false;
          }
          return true;
        },
      ),
    );
  });
});

describe('scheduleFromOptions', () => {
  it('decays at half and three quarters of the epochs unless told otherwise', () => {
    const options = {
      schedule: 'multi-step',
      lr: 1,
      epochs: 4,
      warmupSteps: 0,
      decayFactor: 0.1,
      riseShare: 0.3,
    } as const;
    const schedule = scheduleFromOptions({ ...options, decayEpochs: undefined }, 10);
    expect([19, 20, 29, 30].map(schedule)).toEqual([1, 0.1, 0.1, 0.1 ** 2]);
    expect([9, 10].map(scheduleFromOptions({ ...options, decayEpochs: [1] }, 10))).toEqual([1, 0.1]);
  });
});
