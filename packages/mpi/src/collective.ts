/**
 * The processes of a job, as one of them sees them. Every rank must make the same calls in the same order; one call at a
 * time.
 */
export interface Collective {
  /** This process's number, from 0. Rank 0 writes files and logs. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** Number of processes on this machine. */
  readonly localSize: number;
  /** Adds values up over all ranks, in place; the same bits on each. */
  sum(values: Float32Array | Float64Array): Promise<void>;
  /** Overwrites values with those of rank 0. */
  broadcast(values: Float32Array | Uint8Array): Promise<void>;
  /** The bytes of every rank, by rank, on all ranks; each may have another length. */
  gather(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** Time that this process spent in the calls above, waiting for other ranks included. */
  readonly elapsedMs: number;
}

/** A job of one process: nothing to exchange. */
export const singleProcess: Collective = {
  rank: 0,
  size: 1,
  localSize: 1,
  elapsedMs: 0,
  sum: () => Promise.resolve(),
  broadcast: () => Promise.resolve(),
  gather: (bytes) => Promise.resolve([bytes]),
};
