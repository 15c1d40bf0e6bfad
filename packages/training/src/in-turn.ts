import { together, type Collective } from '@featuremine/mpi';

/**
 * Does work on one rank after the other, so that what the first one makes on a disk is there for the others. The work
 * must not call the other ranks; it fails on all ranks when it does on one.
 */
export async function inTurn<T>(job: Collective, work: () => Promise<T>): Promise<T> {
  let result: T | undefined;
  for (let rank = 0; rank < job.size; rank++) {
    await together(job, async () => {
      if (rank === job.rank) result = await work();
    });
  }
  return result!;
}
