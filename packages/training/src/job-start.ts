import { broadcastJson, together, type Collective } from '@featuremine/mpi';
import { resumedStart, type RunStart } from './resumed-start';
import { RunFolder, type RunFolderOptions } from './run-folder';

/** `resumedStart` for a job: rank 0 looks into the run folder, and all ranks start from the same. @throws ConfigError */
export async function jobStart(job: Collective, options: Parameters<typeof resumedStart>[0]): Promise<RunStart> {
  const own = await together(job, () => (job.rank === 0 ? resumedStart(options) : undefined));
  const { weights, isRestored } = await broadcastJson(job, own!);
  return { weights, isRestored };
}

/** Opens a run folder on rank 0 of a job; the other ranks follow it. @throws RunFolderError */
export function openRun(job: Collective, options: RunFolderOptions): Promise<RunFolder> {
  return together(job, () => (job.rank === 0 ? RunFolder.open(options) : RunFolder.follow(options)));
}
