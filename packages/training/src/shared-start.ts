import { broadcastJson, together, type Collective } from '@featuremine/mpi';
import type { CheckpointKeeper } from './checkpoint-keeper';
import type { CheckpointState } from './checkpoint-state';
import type { TrainableModel } from './task';

/**
 * Restores the last checkpoint, if the run goes on from one. In a job, rank 0 reads it, and all ranks get its variables
 * and its state; without one, the first weights of rank 0, so that all have the same.
 *
 * @throws CheckpointError
 */
export async function sharedStart(
  job: Collective,
  { keeper, model, isResuming }: { keeper: CheckpointKeeper; model: TrainableModel; isResuming: boolean },
): Promise<CheckpointState | undefined> {
  const own = await together(job, () => (isResuming && job.rank === 0 ? keeper.restore() : undefined));
  if (job.size === 1) return own;
  await broadcastVariables(job, model);
  return (await broadcastJson(job, own ?? null)) ?? undefined;
}

async function broadcastVariables(job: Collective, model: TrainableModel): Promise<void> {
  const values = await model.readVariables();
  for (const data of values.values()) await job.broadcast(data);
  if (job.rank > 0) await model.writeVariables(values);
}
