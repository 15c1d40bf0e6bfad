import type { Collective } from '@featuremine/mpi';
import type { StopSignals } from './stop-signals';

/**
 * The wish to stop, as all ranks of a job know it: a signal that reached one of them counts for each from the next
 * `share` on. In a job of one it counts at once.
 */
export class StopAgreement {
  private agreed: StopSignals['reason'];

  constructor(
    private readonly signals: StopSignals,
    private readonly job: Collective,
  ) {}

  get reason(): StopSignals['reason'] {
    return this.job.size === 1 ? this.signals.reason : this.agreed;
  }

  /** Aborts when this process gets its first signal. */
  get signal(): AbortSignal {
    return this.signals.signal;
  }

  /** Tells the other ranks of a signal, and returns the means over all ranks of numbers that each has. */
  async share(numbers: Readonly<Record<string, number>> = {}): Promise<Record<string, number>> {
    if (this.job.size === 1) return { ...numbers };
    const { reason } = this.signals;
    const names = Object.keys(numbers);
    const flags = [reason === 'SIGINT', reason === 'SIGTERM'].map(Number);
    const sums = Float64Array.from([...flags, ...names.map((name) => numbers[name])]);
    await this.job.sum(sums);
    const [interrupted, terminated] = sums;
    this.agreed ??= interrupted > 0 ? 'SIGINT' : terminated > 0 ? 'SIGTERM' : undefined;
    return Object.fromEntries(names.map((name, i) => [name, sums[flags.length + i] / this.job.size]));
  }
}
