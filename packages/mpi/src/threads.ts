import { availableParallelism, cpus } from 'node:os';
import type { Collective } from './collective';

/**
 * Threads for the computation of one rank: what was asked for, else the rank's share of the machine's processors. A rank
 * that the launcher has bound to some of them keeps those. Undefined, all processors, for a job of one process.
 */
export function threadsOf(
  job: Pick<Collective, 'localSize'>,
  asked: number | undefined,
  processors: { readonly all: number; readonly own: number } = { all: cpus().length, own: availableParallelism() },
): number | undefined {
  if (asked !== undefined || job.localSize === 1) return asked;
  if (processors.own < processors.all) return processors.own;
  return Math.max(1, Math.floor(processors.all / job.localSize));
}
