/** The learning rate of a step (from 0): a pure function, so that a resumed run needs no state for it. */
export type Schedule = (step: number) => number;

/** The kinds of schedules, each after its linear warm-up. */
export const scheduleKinds = ['constant', 'multi-step', 'cosine', 'one-cycle'] as const;
/** A kind of schedule, by its name. */
export type ScheduleKind = (typeof scheduleKinds)[number];

/** Options of `createSchedule`. */
export interface ScheduleOptions {
  readonly kind: ScheduleKind;
  /** The rate after the warm-up; of one-cycle, the highest rate. */
  readonly learningRate: number;
  /** Steps of the whole run. */
  readonly totalSteps: number;
  /** Steps of the linear warm-up (0), from a thousandth of the rate; one-cycle has its own rise and takes none. */
  readonly warmupSteps?: number;
  /** multi-step: the steps at which the rate is multiplied by `decayFactor`. */
  readonly milestones?: readonly number[];
  /** multi-step: the factor at each milestone (0.1). */
  readonly decayFactor?: number;
  /** one-cycle: the share of the steps in which the rate rises (0.3). */
  readonly riseShare?: number;
  /** cosine: the last rate as a part of the first (0). */
  readonly finalFactor?: number;
}

/** The warm-up starts at this part of the rate. */
const WARMUP_FACTOR = 0.001;

/**
 * Makes the learning rate a function of the step.
 *
 * The warm-up is torchvision's (LinearLR over steps), multiplied onto the schedule. Source: PyTorch's MultiStepLR,
 * CosineAnnealingLR (here over the steps behind the warm-up), and OneCycleLR with its default settings.
 */
export function createSchedule(options: ScheduleOptions): Schedule {
  const { kind, learningRate, totalSteps, warmupSteps = 0 } = options;
  switch (kind) {
    case 'constant':
      return (step) => learningRate * warmup(step, warmupSteps);
    case 'multi-step': {
      const { milestones = [], decayFactor = 0.1 } = options;
      return (step) => {
        const passed = milestones.filter((milestone) => step >= milestone).length;
        return learningRate * decayFactor ** passed * warmup(step, warmupSteps);
      };
    }
    case 'cosine': {
      const { finalFactor = 0 } = options;
      const length = Math.max(1, totalSteps - warmupSteps);
      return (step) => {
        const part = Math.min(1, Math.max(0, (step - warmupSteps) / length));
        const factor = finalFactor + ((1 - finalFactor) * (1 + Math.cos(Math.PI * part))) / 2;
        return learningRate * factor * warmup(step, warmupSteps);
      };
    }
    case 'one-cycle':
      return (step) => oneCycle(step, { ...options, riseShare: options.riseShare ?? 0.3 });
  }
}

function warmup(step: number, warmupSteps: number): number {
  return step >= warmupSteps ? 1 : WARMUP_FACTOR + ((1 - WARMUP_FACTOR) * step) / warmupSteps;
}

// Smith and Topin, Super-convergence, 2018, in the form of PyTorch's OneCycleLR: some of the steps rise from 1/25 of
// the highest rate along a cosine, the others fall to 1/250,000 of it.
function oneCycle(
  step: number,
  {
    totalSteps,
    learningRate: highest,
    riseShare,
  }: Pick<ScheduleOptions, 'totalSteps' | 'learningRate'> & { riseShare: number },
): number {
  const lowest = highest / 25;
  const last = lowest / 1e4;
  const top = riseShare * totalSteps - 1;
  if (step <= top) return alongCosine(lowest, highest, top <= 0 ? 1 : step / top);
  const part = totalSteps - 1 - top <= 0 ? 1 : (step - top) / (totalSteps - 1 - top);
  return alongCosine(highest, last, Math.min(1, part));
}

function alongCosine(from: number, to: number, part: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;
}
