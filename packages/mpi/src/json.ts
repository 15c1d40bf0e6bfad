import type { Collective } from './collective';

/** A JSON value of every rank, by rank, on all ranks. */
export async function gatherJson<T>(job: Collective, value: T): Promise<T[]> {
  if (job.size === 1) return [value];
  const parts = await job.gather(Buffer.from(JSON.stringify(value)));
  return parts.map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as T);
}

/** Rank 0's JSON value, on all ranks; what the others pass is not looked at. */
export async function broadcastJson<T>(job: Collective, value: T): Promise<T> {
  if (job.size === 1) return value;
  const text = job.rank === 0 ? JSON.stringify(value) : '';
  const [first] = await job.gather(Buffer.from(text));
  return JSON.parse(Buffer.from(first).toString()) as T;
}
