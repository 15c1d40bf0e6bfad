import { fromPortable, ReportedElsewhere, toPortable, type PortableError } from '@featuremine/errors';
import type { Collective } from './collective';
import { gatherJson } from './json';

const agreed = new WeakSet<object>();

/**
 * Does work that may fail on some ranks only, and lets all of them go on, or fail, together. The work itself must not
 * call the others.
 *
 * @throws on rank 0 the error of the first rank that has one, on the others ReportedElsewhere
 */
export async function together<T>(job: Collective, work: () => T | Promise<T>): Promise<T> {
  if (job.size === 1) return work();
  let result: { readonly value: T } | undefined;
  let failure: unknown;
  try {
    result = { value: await work() };
  } catch (error) {
    failure = error;
  }
  const failed = Float64Array.of(result === undefined ? 1 : 0);
  await job.sum(failed);
  if (failed[0] === 0) return result!.value;
  throw await commonError(job, result === undefined ? { error: failure } : undefined);
}

/** True for an error that all ranks have been told of, so that each can end in order. */
export function isAgreed(error: unknown): boolean {
  return typeof error === 'object' && error !== null && agreed.has(error);
}

async function commonError(job: Collective, own: { readonly error: unknown } | undefined): Promise<Error> {
  const faults = await gatherJson(job, own === undefined ? null : toPortable(own.error));
  const first = faults.findIndex((fault) => fault !== null);
  const error = job.rank === 0 ? errorOf(first, faults[first]!, own) : elsewhere(faults[first]!);
  agreed.add(error);
  return error;
}

function errorOf(rank: number, fault: PortableError, own: { readonly error: unknown } | undefined): Error {
  if (rank === 0 && own?.error instanceof Error) return own.error;
  const { description } = fault;
  const placed = description && { description: { ...description, where: `rank ${rank}, ${description.where}` } };
  return fromPortable({ ...fault, ...placed }, `rank ${rank}`);
}

function elsewhere({ description }: PortableError): ReportedElsewhere {
  return new ReportedElsewhere(description === undefined ? 1 : 2);
}
