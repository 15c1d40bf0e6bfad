import type { TrainingBatch } from './task';

/** Asks for the next batch while a step runs; its fault is thrown where it is awaited, unless the step fails first. */
export function startFetch(batches: AsyncIterator<TrainingBatch>): Promise<IteratorResult<TrainingBatch>> {
  const next = batches.next();
  next.catch(() => undefined);
  return next;
}
